import { readdir } from "node:fs/promises";
import { styleText } from "node:util";
import type { Command } from "commander";
import * as z from "zod/mini";
import { diagnosisSchema, type Finding } from "../../shared/api.ts";
import { Failure } from "../../shared/failure.ts";
import { wrap } from "../wrap.ts";
import { type Api, createApi, failed, probeMs, type Target } from "./api.ts";
import { checkHealth } from "./check-health.ts";
import { oneLine, print } from "./print.ts";

const jsonSchema = z.object({ json: z._default(z.boolean(), false) });

/** `bugbot doctor` */
export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .summary("look for what is wrong, and say what to do")
    .description(
      "Checks the gateway's health, the configuration, each token and its scopes, the webhooks' addresses, the queue of dead letters, the database's " +
        "migrations, KV and R2. Ends with 1 when there is a problem.",
    )
    .option("--json", "print JSON")
    .action(async (given: unknown) => {
      const { json } = jsonSchema.parse(given);
      const api = createApi();
      const asked = await Promise.all([checkDoors(api.target), checkHealth(api.target), askConsumer(api)]);
      const findings = asked.flat();
      print(json, findings, findings.flatMap(describe).join("\n"));
      const problems = findings.filter(({ state }) => state === "problem").length;
      if (problems > 0) throw failed(problems === 1 ? "There is a problem." : `There are ${problems} problems.`);
    });
}

const marks = { ok: ["ok", "green"], warning: ["warning", "yellow"], problem: ["problem", "red"] } as const;

function describe({ check, state, detail, todo }: Finding): string[] {
  const [word, colour] = marks[state];
  const line = `${styleText(colour, word.padEnd(7))}  ${wrap(`${check}: ${oneLine(detail)}`, 9)}`;
  return todo === "" ? [line] : [line, `         → ${wrap(todo, 11)}`];
}

/** What the consumer Worker finds; that it does not say is a finding too. */
async function askConsumer(api: Api): Promise<Finding[]> {
  try {
    const { findings, migrations } = await api.get("/doctor", diagnosisSchema);
    return [...findings, await checkMigrations(migrations, api.target)];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const todo = "Mend that first: the settings, tokens and stores were not looked at.";
    return [{ check: "API", state: "problem", detail: error.reply, todo }];
  }
}

/** The chat platforms' doors: each must turn away what nobody signed. */
async function checkDoors({ url, isLocal }: Target): Promise<Finding[]> {
  const doors = await Promise.all(
    ["/slack/events", "/slack/commands", "/slack/interactions", "/discord/interactions"].map(
      async (path): Promise<Finding> => {
        const check = `webhook: ${path}`;
        const response = await fetch(`${url}${path}`, {
          method: "POST",
          body: "{}",
          signal: AbortSignal.timeout(probeMs),
        }).catch(() => undefined);
        if (!response)
          return {
            check,
            state: "problem",
            detail: "it does not answer",
            todo: "Deploy the gateway, and check BUGBOT_URL.",
          };
        const words = (await response.text()).slice(0, 200);
        if (response.status !== 401) {
          return {
            check,
            state: "problem",
            detail: `it answers ${response.status} to what nobody signed: ${words}`,
            todo: "Look at the gateway's settings: what is missing is named under health.",
          };
        }
        if (words.includes("is off"))
          return { check, state: "warning", detail: words, todo: "Nothing, if that platform is not used." };
        return { check, state: "ok", detail: "turns away what nobody signed", todo: "" };
      },
    ),
  );
  const reach: Finding = isLocal
    ? {
        check: "address",
        state: "ok",
        detail: `${url}, the local stack: real chat platforms do not reach it`,
        todo: "",
      }
    : { check: "address", state: "ok", detail: url, todo: "" };
  return [reach, ...doors];
}

/** The migrations of this checkout against the database's. */
async function checkMigrations(applied: readonly string[], { isLocal }: Target): Promise<Finding> {
  const check = "database: migrations";
  const here = (await readdir(new URL("../../consumer/migrations", import.meta.url))).filter((name) =>
    name.endsWith(".sql"),
  );
  const missing = here.filter((name) => !applied.includes(name));
  if (missing.length === 0) return { check, state: "ok", detail: `all ${here.length} are applied`, todo: "" };
  const todo = isLocal
    ? "Start `npm start` again."
    : "`npx wrangler d1 migrations apply bugbot --remote -c wrangler.consumer.toml`";
  return { check, state: "problem", detail: `missing: ${missing.join(", ")}`, todo };
}
