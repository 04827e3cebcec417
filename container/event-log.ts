import { EventEmitter, once } from "node:events";
import type { EventPage, JobEvent, Memory, Outcome, Stage } from "../shared/job.ts";
import { maxEventCharactersPerJob, maxEventsPerJob, maxSaidLength, maxToolWordsLength } from "./limits.ts";
import { plainLine, plainText } from "./plain-text.ts";

/** What a running job says about itself. */
export interface Recorder {
  stage: (stage: Stage) => void;
  tool: (words: string) => void;
  said: (text: string) => void;
}

export interface EventLog extends Recorder {
  /** The last event. Later ones are ignored. */
  end: (outcome: Outcome, memory?: Memory) => void;
  /** The last thing the agent said. */
  lastSaid: () => string;
  outcome: () => Outcome | undefined;
  /** Events with `seq > after`; waits up to `waitMs` for one to come. */
  read: (after: number, waitMs: number, signal: AbortSignal) => Promise<EventPage>;
}

/** A job's events, numbered from 1 without a gap. Beyond its limits what the agent does is no longer kept. */
export function createEventLog(): EventLog {
  const events: JobEvent[] = [];
  const added = new EventEmitter();
  added.setMaxListeners(0);
  let outcome: Outcome | undefined;

  type Body = JobEvent extends infer Event ? (Event extends JobEvent ? Omit<Event, "seq" | "at"> : never) : never;
  const append = (body: Body): void => {
    if (outcome) return;
    if (body.kind === "outcome") outcome = body.outcome;
    events.push({ ...body, seq: events.length + 1, at: Date.now() });
    added.emit("event");
  };
  let characters = 0;
  let lastSaid = "";
  const keep = (text: string, body: Body): void => {
    characters += text.length;
    if (text && events.length < maxEventsPerJob && characters <= maxEventCharactersPerJob) append(body);
  };

  return {
    stage: (stage) => append({ kind: "stage", stage }),
    tool: (does) => {
      const words = plainLine(does, maxToolWordsLength);
      keep(words, { kind: "tool", words });
    },
    said: (says) => {
      const text = plainText(says, maxSaidLength);
      lastSaid = text || lastSaid;
      keep(text, { kind: "said", text });
    },
    end: (last, memory) => append({ kind: "outcome", outcome: last, ...(memory && { memory }) }),
    lastSaid: () => lastSaid,
    outcome: () => outcome,
    read: async (after, waitMs, signal) => {
      if (events.length <= after && !outcome && waitMs > 0) {
        const limit = AbortSignal.any([signal, AbortSignal.timeout(waitMs)]);
        await once(added, "event", { signal: limit }).catch(() => undefined);
      }
      return { events: events.slice(after), done: outcome !== undefined };
    },
  };
}
