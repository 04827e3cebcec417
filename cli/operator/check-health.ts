import * as z from "zod/mini";
import type { Finding } from "../../shared/api.ts";
import { parseJson } from "../../shared/parse-json.ts";
import { probeMs, type Target, unreachable } from "./api.ts";

/** `GET /health` of the gateway, as far as it is used. */
const componentSchema = z.object({
  state: z.string(),
  reason: z.optional(z.string()),
  turnOn: z.optional(z.array(z.string())),
  missing: z.optional(z.array(z.string())),
  messages: z.optional(z.number()),
  triesAt: z.optional(z.string()),
});
const healthSchema = z.object({
  status: z.enum(["healthy", "degraded", "unhealthy"]),
  components: z.record(z.string(), componentSchema),
});
type Component = z.infer<typeof componentSchema>;

const states = { healthy: "ok", degraded: "warning", unhealthy: "problem" } as const;

/** What the gateway says of itself and of what it reaches. Throws `Failure` where nobody is there at all. */
export async function checkHealth(target: Target): Promise<Finding[]> {
  const response = await fetch(`${target.url}/health`, { signal: AbortSignal.timeout(probeMs) }).catch(
    (cause: unknown) => {
      if (cause instanceof DOMException) return undefined;
      throw unreachable(target, cause);
    },
  );
  const report = z.safeParse(healthSchema, parseJson((await response?.text().catch(() => "")) ?? "")).data;
  if (!report) {
    const detail = response ? `it answers HTTP ${response.status}, and not as bugbot does` : "it does not answer";
    return [{ check: "health", state: "problem", detail, todo: "Deploy the gateway, and check BUGBOT_URL." }];
  }
  const { status } = report;
  const components = Object.entries(report.components);
  const ill = components.filter(([, { state }]) => !/^(on|connected|off)$/.test(state));
  const off = components.filter(([, { state }]) => state === "off");
  const named = [...ill, ...off].map(([name, { state }]) => `${name} is ${state}`);
  const whole: Finding =
    status === "healthy"
      ? { check: "health", state: "ok", detail: status, todo: "" }
      : {
          check: "health",
          state: states[status],
          detail: `${status}: ${named.join(", ")}`,
          todo: off.map(([name, { turnOn = [] }]) => `To turn ${name} on, set ${turnOn.join(" and ")}.`).join(" "),
        };
  return [whole, ...ill.map(describe)];
}

function describe([name, component]: [string, Component]): Finding {
  const check = `health: ${name}`;
  const { state, reason, missing = [], messages = 0, triesAt = "" } = component;
  switch (state) {
    case "fatal":
      return {
        check,
        state: "problem",
        detail: `${reason ?? state}: no mention in Discord is heard`,
        todo: "Look at the bot's token and intents in Discord's developer portal. Once that is mended, it is tried again within an hour, or at once with another DISCORD_BOT_TOKEN.",
      };
    case "incomplete":
      if (name === "settings")
        return { check, state: "problem", detail: missing.join("; "), todo: "Change them, and deploy again." };
      return {
        check,
        state: "problem",
        detail: `not complete: ${missing.join(", ")}`,
        todo:
          name === "database"
            ? "`npx wrangler d1 migrations apply bugbot --remote -c wrangler.consumer.toml`"
            : "Set it up on both Workers, or leave it out altogether, and deploy again.",
      };
    case "waiting":
      return {
        check,
        state: "warning",
        detail: `${messages} commands wait`,
        todo: "Look at the consumer Worker's log for start_failed.",
      };
    case "failing":
      return {
        check,
        state: "warning",
        detail: "it has failed too often lately",
        todo: `Look at its status page. It is tried again at ${triesAt}.`,
      };
    case "connecting":
      return {
        check,
        state: "warning",
        detail: reason ?? "it connects just now",
        todo: "Nothing, unless it stays so: `npx bugbot logs --follow` shows each try.",
      };
    default:
      return {
        check,
        state: "problem",
        detail: reason ?? `it is ${state}`,
        todo: repairs[name] ?? "Look at the log of both Workers.",
      };
  }
}

const repairs: Record<string, string> = {
  consumer: "Deploy the consumer Worker, and then the gateway: wrangler.gateway.toml binds it.",
  database: "Look at the binding DB in wrangler.consumer.toml, and at https://www.cloudflarestatus.com.",
  container: "Look at the container server at EXECUTOR_URL.",
};
