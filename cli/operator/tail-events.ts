import { parseJson } from "../../shared/parse-json.ts";
import * as z from "zod/mini";
import { oneLine } from "./print.ts";

/** What is used of `wrangler tail --format json`'s events. */
const tailSchema = z.object({
  eventTimestamp: z.nullish(z.number()),
  logs: z.array(z.object({ message: z.array(z.unknown()), timestamp: z.number() })),
  exceptions: z.array(z.object({ name: z.string(), message: z.string(), timestamp: z.number() })),
});
const lineSchema = z.intersection(
  z.object({ event: z.string(), worker: z.optional(z.string()), commandId: z.optional(z.string()) }),
  z.record(z.string(), z.unknown()),
);

export interface LogLine {
  at: number;
  worker: string;
  event: string;
  commandId: string | undefined;
  facts: Record<string, unknown>;
}

/** The lines that a Worker logged in one invocation, and what it threw. */
export function readTailEvent(worker: string, text: string): LogLine[] {
  const tail = z.safeParse(tailSchema, parseJson(text));
  if (!tail.success) return [];
  const logged = tail.data.logs.map(({ message, timestamp }): LogLine => {
    const words = message.map((part) => (typeof part === "string" ? part : JSON.stringify(part))).join(" ");
    const line = z.safeParse(lineSchema, parseJson(words));
    if (!line.success) return { at: timestamp, worker, event: "said", commandId: undefined, facts: { words } };
    const { event, worker: _worker, commandId, ...facts } = line.data;
    return { at: timestamp, worker, event, commandId, facts };
  });
  const thrown = tail.data.exceptions.map(({ name, message, timestamp }): LogLine => {
    return { at: timestamp, worker, event: "threw", commandId: undefined, facts: { error: `${name}: ${message}` } };
  });
  return [...logged, ...thrown];
}

/** `00:51:07 consumer command_settled slack-Ev1 outcome=succeeded` */
export function describeLine({ at, worker, event, commandId, facts }: LogLine): string {
  const told = Object.entries(facts)
    .filter(([name, value]) => name !== "stack" && value !== undefined && value !== null)
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return oneLine([new Date(at).toISOString().slice(11, 19), worker, event, commandId ?? "", ...told].join(" "));
}
