import * as z from "zod/mini";
import { healthLimits } from "../shared/limits.ts";
import type { ServiceState } from "../shared/settings.ts";
import type { Door } from "./platform.ts";

/** A service's state, or that of the socket which hears Discord's mentions. */
type Component =
  | ServiceState
  | { state: "failing"; triesAt: string }
  | { state: "unreachable" }
  | { state: "waiting"; messages: number }
  | { state: string; reason?: string | undefined };

export interface Health {
  status: "healthy" | "degraded" | "unhealthy";
  /** Each service and, where it is not on, the variables that would turn it on or are missing. */
  components: Record<string, Component>;
}

export interface HealthNeeds {
  doors: readonly Pick<Door, "name" | "state">[];
  /** The consumer Worker's own report: the state of each service. */
  consumer: () => Promise<Response>;
  /** Discord's socket; undefined where it is not wanted. */
  mentions: () => Promise<{ state: string; reason?: string | undefined } | undefined>;
  /** What is wrong with the gateway's own variables. */
  wrongSettings: () => Promise<readonly string[]>;
  now: () => number;
}

/**
 * Kept for a few seconds. `unhealthy`: nobody can be heard, a set-up is half done, or D1, without which no command is carried out, does not answer. `degraded`: something that works need is off or failing, the consumer does not
 * answer (commands wait on the queue meanwhile), or Discord's socket is down. A chat platform that is off is no fault while another is on.
 */
export function createHealth({ doors, consumer, mentions, wrongSettings, now }: HealthNeeds) {
  /** Anybody may ask: the database is not asked each time, nor by several at once where something was known just before. */
  let kept: { report: Health; until: number } | undefined;

  return async (): Promise<Health> => {
    if (kept && now() < kept.until) return kept.report;
    if (kept && now() < kept.until + healthLimits.keptMs) kept.until = now() + healthLimits.keptMs;
    const report = await look();
    kept = { report, until: now() + healthLimits.keptMs };
    return report;
  };

  async function look(): Promise<Health> {
    const [behind, socket, wrong] = await Promise.all([
      askConsumer(),
      mentions().catch(() => ({ state: "unreachable" })),
      wrongSettings(),
    ]);
    const platforms = doors.map(({ name, state }): [string, Component] => {
      const key = name.toLowerCase();
      return [key, state.state === "on" ? (behind[key] ?? state) : state];
    });
    const components: Health["components"] = {
      ...behind,
      ...Object.fromEntries(platforms),
      ...(socket && { discordMentions: socket }),
      ...withWrong(behind["settings"], wrong),
    };
    const heard = doors.some(({ state }) => state.state === "on");
    const states = Object.values(components).map(({ state }) => state);
    if (!heard || states.includes("incomplete") || components["database"]?.state === "unreachable")
      return { status: "unhealthy", components };
    const offDoors = new Set(doors.filter(({ state }) => state.state === "off").map(({ name }) => name.toLowerCase()));
    const well = Object.entries(components).every(
      ([name, { state }]) => state === "on" || state === "connected" || offDoors.has(name),
    );
    return { status: well ? "healthy" : "degraded", components };
  }

  function withWrong(known: Component | undefined, wrong: readonly string[]): Health["components"] {
    const missing = [...new Set([...wrong, ...(known && "missing" in known ? known.missing : [])])];
    return missing.length > 0 ? { settings: { state: "incomplete", missing } } : {};
  }

  async function askConsumer(): Promise<Health["components"]> {
    try {
      const response = await consumer();
      return reportSchema().parse(await response.json());
    } catch {
      return { consumer: { state: "unreachable" } };
    }
  }
}

/** What the consumer answers. Made when asked: health is not looked at in every isolate. */
function reportSchema() {
  const names = z.readonly(z.array(z.string()));
  return z.record(
    z.string(),
    z.discriminatedUnion("state", [
      z.object({ state: z.literal("on") }),
      z.object({ state: z.literal("failing"), triesAt: z.string() }),
      z.object({ state: z.literal("unreachable") }),
      z.object({ state: z.literal("waiting"), messages: z.number() }),
      z.object({ state: z.literal("off"), turnOn: names }),
      z.object({ state: z.literal("incomplete"), missing: names }),
    ]),
  );
}
