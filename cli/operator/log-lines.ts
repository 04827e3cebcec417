import * as z from "zod/mini";
import { parseJson } from "../../shared/parse-json.ts";
import { oneLine, when } from "./print.ts";

/** What a Worker printed at one moment. */
const loggedSchema = z.object({ message: z.array(z.unknown()), timestamp: z.number() });
/** What is used of `wrangler tail --format json`'s events. */
const tailSchema = z.object({
  outcome: z.string(),
  eventTimestamp: z.nullish(z.number()),
  logs: z.array(loggedSchema),
  exceptions: z.array(
    z.object({
      name: z.string(),
      message: z.optional(z.unknown()),
      stack: z.optional(z.string()),
      timestamp: z.number(),
    }),
  ),
  event: z.optional(z.unknown()),
});
/** What the tail says of itself: that it shows only a part, because so much comes, or all of it again. */
const ofTailSchema = z.object({ type: z.string(), message: z.string() });
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

/** The lines that a Worker logged in one invocation, and what it threw and did not log itself, or else how it ended where that was not well. */
export function readTailEvent(worker: string, text: string): LogLine[] {
  const tail = z.safeParse(tailSchema, parseJson(text));
  if (!tail.success) return [];
  const { outcome, eventTimestamp, logs, exceptions, event } = tail.data;
  const logged = logs.map((one) => toLine(worker, one));
  // An invocation is about one command, or about several, or none.
  const about = new Set(logged.flatMap((one) => one.commandId ?? []));
  const commandId = about.size === 1 ? [...about][0] : undefined;
  const line = (name: string, facts: LogLine["facts"], at = eventTimestamp ?? Date.now()): LogLine => {
    return { at, worker, event: name, commandId, facts };
  };
  const ofTail = z.safeParse(ofTailSchema, event).data;
  if (ofTail) return [line(ofTail.type, { words: ofTail.message })];
  const told = logged.filter((one) => one.event === "threw").map(({ facts }) => String(facts["error"]));
  const thrown = exceptions.flatMap(({ name, message, stack, timestamp }) => {
    const error = `${name}: ${inWords(message)}`;
    return told.some((own) => isSame(own, error)) ? [] : [line("threw", { error, stack }, timestamp)];
  });
  const isExplained = exceptions.length > 0 || told.length > 0;
  const ended = outcome === "ok" || isExplained ? [] : [line("ended", { outcome })];
  return [...logged, ...thrown, ...ended];
}

/** A Worker's own line may name a cause, too, and has no secrets. */
function isSame(own: string, thrown: string): boolean {
  const [before = "", ...parts] = own.split("[redacted]");
  if (parts.length === 0) return own.startsWith(thrown);
  return thrown.startsWith(before);
}

function inWords(part: unknown): string {
  return typeof part === "string" ? part : (JSON.stringify(part) ?? String(part));
}

/** A line of the local stack's log, in which both Workers' are. */
export function readLogged(text: string): LogLine[] {
  const logged = z.safeParse(loggedSchema, parseJson(text));
  return logged.success ? [toLine("workerd", logged.data)] : [];
}

function toLine(printedBy: string, { message, timestamp }: z.infer<typeof loggedSchema>): LogLine {
  const words = message.map(inWords).join(" ");
  const line = z.safeParse(lineSchema, parseJson(words));
  if (!line.success) return { at: timestamp, worker: printedBy, event: "said", commandId: undefined, facts: { words } };
  const { event, worker = printedBy, commandId, ...facts } = line.data;
  return { at: timestamp, worker, event, commandId, facts };
}

/** `2026-11-21 00:51:07 consumer command_settled slack-Ev1 outcome=succeeded`; below what was thrown, where. */
export function describeLine({ at, worker, event, commandId, facts }: LogLine): string {
  const told = Object.entries(facts)
    .filter(([name, value]) => name !== "stack" && value !== undefined && value !== null)
    .map(([name, value]) => `${name}=${inWords(value)}`);
  const line = oneLine([when(at), worker, event, commandId ?? "", ...told].join(" "));
  return event === "threw" ? [line, ...framesOf(facts["stack"])].join("\n") : line;
}

/** Where it was thrown, below what was. */
function framesOf(stack: unknown): string[] {
  const lines = typeof stack === "string" ? stack.split("\n") : [];
  return lines.filter((one) => /^\s+at /.test(one)).map((one) => `    ${oneLine(one.trim())}`);
}
