import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import * as z from "zod/mini";
import { checkout, createRunner, type Runner } from "../cli/run-bugbot.ts";
import { demoCustomer } from "../local/demo-behaviour.ts";
import { slowScript } from "./discord-asker.ts";
import { hasTerminal, inTerminal } from "./terminal.ts";
import { placeholders } from "./transcripts/placeholders.ts";
import { createWorld, type World } from "./world.ts";

const withoutTerminal = !(await hasTerminal());
const shop = "https://github.com/acme/shop";

/** Slack's event ids are short; what is no event has an id that is hashed, which makes the longest there are. */
const hashed = `slack-${createHash("sha256").update("a shortcut's trigger").digest("hex")}`;

// `vitest -u` writes the transcripts anew. Look at them then: they are what people see.
describe.skipIf(withoutTerminal).for([80, 200])("npx bugbot on a terminal of %i columns", (columns) => {
  let world: World;
  let runner: Runner;
  const ids: Record<string, string> = { hashed, fixed: "slack-Ev0PV52K25", running: "slack-Ev0PV52K27" };

  beforeAll(async () => {
    [world, runner] = await Promise.all([createWorld({ keepsLog: true, script: slowScript }), createRunner()]);
    const { github, slack, discord } = world;
    github.fault(/\/branches\/main$/, { status: 503, times: 3 });
    const { body, headers } = slack.mention(`fix ${shop} It breaks`, {
      channel: world.channel,
      eventId: "a shortcut's trigger",
    });
    await world.post(body, headers);
    await world.endOf(hashed);
    await world.mention(`fix ${shop} 割引コードを二回押すと二回引かれる 🐛 とお客さまが困っています`, {
      eventId: "Ev0PV52K25",
    });
    github.fault(/\/branches\/main$/, { status: 503, times: 3 });
    const { id } = discord.say(`fix ${shop} It breaks too`, { mentionBot: true });
    await world.endOf(`discord-${id}`);
    const hangs = slack.mention(`fix ${shop} It hangs in case-slow`, { channel: world.channel, eventId: "Ev0PV52K27" });
    await world.post(hangs.body, hangs.headers);
    const db = await world.database();
    const audited = async (action: string) =>
      db.prepare("SELECT count(*) AS n FROM audit WHERE action = ?").bind(action).first("n");
    await world.until(async () => ((await audited("decided")) === 2 ? true : undefined));
    const queue = await world.workers.getQueueProducer("DEAD_LETTERS", "bugbot-consumer");
    await queue.send("\u001b[2Jnonsense");
    const idFrom = (table: string, beginning: string) =>
      world.until(async () => {
        const found = await db.prepare(`SELECT id FROM ${table} WHERE instr(id, ?) = 1`).bind(beginning).first("id");
        return found === null ? undefined : z.string().parse(found);
      });
    await idFrom("dead_letters", hashed);
    ids["discord"] = await idFrom("dead_letters", "discord-");
    ids["message"] = await idFrom("dead_letters", "message-");
  });
  afterAll(async () => {
    await runner?.remove();
    await world?.close();
  });

  const env = (): Record<string, string | undefined> => ({
    PATH: process.env["PATH"],
    HOME: runner.folder,
    BUGBOT_URL: world.url,
    DISCORD_APPLICATION_ID: world.discord.applicationId,
    DISCORD_BOT_TOKEN: "local-discord-bot-token",
    DISCORD_API_URL: world.discord.url,
  });

  /** What a terminal shows of some commands, one after the other. `<name>` is an id; `NAME=value` goes before a command. */
  async function transcript(lines: readonly string[]): Promise<string> {
    const shown: string[] = [];
    for (const line of lines) {
      const [asked = "", head = "Infinity"] = line.split(" | head -");
      const typed = asked.replace(/<(\w+)>/g, (_all, name: string) => ids[name] ?? "");
      const words = [...typed.matchAll(/"([^"]*)"|\S+/g)].map(([all, inQuotes]) => inQuotes ?? all);
      const set = words.flatMap((word) => /^(BUGBOT_\w+|DISCORD_\w+)=(.*)$/.exec(word)?.slice(1, 3) ?? []);
      const args = words.slice(set.length / 2);
      const own = Object.fromEntries(set.length ? [[set[0] ?? "", set[1]]] : []);
      const { code, text: whole } = await inTerminal([process.execPath, join(checkout, "cli/bugbot.ts"), ...args], {
        columns,
        env: { ...env(), ...own },
        cwd: runner.folder,
      });
      const text = firstLines(whole, Number(head));
      const [, made] = /(?:Started again as |The key )([\w-]+)/.exec(text) ?? [];
      if (made) ids["made"] = made;
      // What goes on beside it would be in the audit sooner or later.
      if (text.startsWith("Started again")) await world.endOf(made ?? "");
      if (text.startsWith("Stopping")) await world.endOf(ids["running"] ?? "");
      const prefix = set.length ? `${set[0]}=${set[1]} ` : "";
      shown.push(
        `$ ${prefix}npx bugbot ${line.includes(" | head") ? `${typed.slice(prefix.length)} | head -${head}` : typed.slice(prefix.length)}\n${text}${code === 0 ? "" : `[ends with ${code}]\n`}`,
      );
    }
    return placeholders(shown.join("\n"));
  }

  it.for<[string, string[]]>([
    [
      "tasks",
      [
        "tasks list",
        "tasks list --running",
        "tasks list --limit 1 --json",
        "tasks show <fixed>",
        "tasks show <hashed>",
        "tasks show <running> --json",
        "tasks stop <running>",
        "tasks retry <fixed>",
        "tasks show slack-Ev0",
        "tasks stop <fixed>",
        "tasks show",
        "tasks list --limit abc",
        "tasks list --limit -1",
        "tasks list --limit 1001",
      ],
    ],
    [
      "dlq",
      [
        "dlq list",
        "dlq list --status dead --limit 1 --json",
        "dlq show <hashed>",
        "dlq show <discord>",
        "dlq show <message>",
        "dlq show <message> --json",
        "dlq replay <hashed>",
        "dlq replay <hashed>",
        "dlq replay <message>",
        "dlq drop <message>",
        "dlq drop <discord> --json",
        "dlq list",
        "dlq list --status dead",
        "dlq show slack-Ev0",
        "dlq list --status alive",
        "dlq list --limit 0",
      ],
    ],
    [
      "keys",
      [
        "keys list",
        "keys create --name ci",
        "keys list",
        "keys rotate <made>",
        "keys revoke <made>",
        "keys create --name deploys-of-the-shop --json",
        "keys list",
        "keys list --json",
        "keys revoke <made>",
        "keys revoke 0a",
        "keys create",
        "keys create --name a/b",
        "keys create --name ci --days 0",
        "keys rotate <made> --overlap-hours 200",
        "BUGBOT_API_KEY=ключ keys list",
        `BUGBOT_API_KEY=bm_${"0".repeat(64)} keys list`,
      ],
    ],
    [
      "audit",
      [
        "audit list",
        "audit list --command <hashed>",
        "audit list --limit 1 --json",
        "audit list --command slack-Ev0",
        "audit list --command a --about b",
        "audit list --limit 501",
        "audit verify",
        "audit verify --json",
        "audit verify --seal nonsense",
        `audit verify --seal 1:${"0".repeat(64)}`,
      ],
    ],
    [
      "logs",
      [
        "logs --command <fixed>",
        "logs --command <running> --json",
        "logs --command slack-Ev0",
        "BUGBOT_URL=http://localhost:9 logs",
        "BUGBOT_URL=https://bugbot-gateway.example.workers.dev logs",
      ],
    ],
    [
      "doctor",
      ["doctor", "doctor --json | head -12", "BUGBOT_URL=http://localhost:9 doctor", "BUGBOT_URL=nowhere doctor"],
    ],
    [
      "context",
      [
        `context ${shop} Apply twice counts twice, says ${demoCustomer.email}`,
        "context BUG-999",
        "context Zebras --json",
        "context",
      ],
    ],
    ["prompt", ["prompt | head -5", "prompt --json | head -2"]],
    [
      "set-up",
      [
        "discord register",
        "discord register --json",
        "discord register --guild acme",
        "DISCORD_APPLICATION_ID= discord register",
        "slack manifest --url https://bugbot-gateway.example.workers.dev | head -8",
        "slack manifest --url https://bugbot-gateway.example.workers.dev --agent --json | head -8",
        "slack manifest",
        "slack manifest --url http://localhost",
      ],
    ],
    ["help", ["--version", "--help", "", "dance", "dlq", "dlq list --help", "logs --help", "audit verify --help"]],
  ])("%s", async ([name, lines], { expect }) => {
    // JSON is as wide as it is on any terminal.
    const said = await transcript(lines.filter((line) => columns === 80 || !line.includes("--json")));
    await expect(said).toMatchFileSnapshot(`transcripts/${name}.${columns}.txt`);
  });
});

/** What is not looked at here may change. */
function firstLines(text: string, count: number): string {
  return text
    .split(/(?<=\n)/)
    .slice(0, count)
    .join("");
}
