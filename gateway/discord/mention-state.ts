import * as z from "zod/mini";
import type { Command } from "../../shared/command.ts";
import type { Timing } from "./mention-limits.ts";
import type { Dispatch, Payload } from "./mention-payload.ts";

/** What outlives the object: kept in its storage. */
export const memorySchema = z.object({
  /** Which token and intents the rest was learned with. */
  configuration: z.string(),
  /** What a RESUME needs. Its sequence is that of the last event that was dealt with. */
  session: z.optional(z.object({ id: z.string(), url: z.string(), botUserId: z.string(), sequence: z.number() })),
  /** When each IDENTIFY of the last 24 hours was sent, oldest first. */
  identifies: z.array(z.number()),
  /** Ids of the last commands put on the queue. */
  recent: z.array(z.string()),
  /** Why there is no use in trying again soon, and since when. */
  fatal: z.optional(z.string()),
  fatalAt: z.optional(z.number()),
});
export type Memory = z.infer<typeof memorySchema>;

export type Phase =
  /** Nothing is under way: a new object, or one switched off. */
  | { kind: "idle" }
  | { kind: "waiting"; until: number }
  /** Asking Discord's API where to connect. */
  | { kind: "locating"; since: number }
  /** A socket without a HELLO yet. */
  | { kind: "opening"; since: number }
  /** A socket with a HELLO. */
  | {
      kind: "open";
      /** Discord has granted or resumed the session. */
      ready: boolean;
      /** A RESUME has had no answer yet. */
      resuming: boolean;
      intervalMs: number;
      acknowledgedAt: number;
      /** The last heartbeat has had no answer yet. */
      unanswered: boolean;
    };

export interface State {
  memory: Memory;
  phase: Phase;
  /** The number of the newest socket: what older ones say is not heard. */
  connection: number;
  /** Sequence of the last event dealt with; stored with the next command or heartbeat. */
  sequence: number;
  /** Connections in a row that did not last. */
  attempt: number;
  refusedResumes: number;
  unansweredResumes: number;
  /** The event whose command is on its way to the queue: those after it wait in `inbox`. */
  handling: { connection: number; sessionId: string; sequence: number; commandId: string } | undefined;
  inbox: readonly Dispatch[];
  /** Why nothing is to be connected. */
  off: string | undefined;
  /** The last thing that went wrong, or what is waited for. */
  reason: string | undefined;
  lastEventAt: number | undefined;
  /** When `nameOf` last changed. */
  since: number;
}

export type Input =
  /** Connect if not connected, and look whether what is connected is alive. */
  | { kind: "ensure"; configuration: string }
  | { kind: "stop"; reason: string }
  | { kind: "located"; url: string; remaining: number; resetAfterMs: number }
  | { kind: "not_located"; reason: string; fatal: boolean; retryAfterMs: number }
  | { kind: "payload"; connection: number; payload: Payload }
  | { kind: "closed"; connection: number; code: number }
  | { kind: "timer"; name: TimerName }
  | { kind: "enqueued" }
  | { kind: "refused" };

export type TimerName = "connect" | "hello" | "heartbeat";

export type Action =
  | { kind: "locate" }
  | { kind: "open"; connection: number; url: string }
  | { kind: "close"; code: number }
  | { kind: "identify" }
  | { kind: "resume"; sessionId: string; sequence: number }
  | { kind: "heartbeat"; sequence: number | undefined }
  /** Replaces the timer of that name. */
  | { kind: "timer"; name: TimerName; afterMs: number }
  | { kind: "enqueue"; command: Command }
  | { kind: "log"; event: string; facts: Record<string, string | number> };

/** What a step may not find out for itself. `random` is in [0, 1). */
export interface Moment {
  now: number;
  random: number;
  /** Ids of other bots that may ask. */
  allowedBots?: readonly string[];
}

/** One step while it is taken: `state` is its own copy. */
export interface Turn {
  readonly state: State;
  /** To be done in this order, once the state's memory has been stored. */
  readonly actions: Action[];
  readonly at: Moment;
  readonly timing: Timing;
}

export const emptyMemory: Memory = { configuration: "", identifies: [], recent: [] };

/** The state of an object that has just started. */
export function initialState(memory: Memory, now: number): State {
  return {
    memory,
    phase: { kind: "idle" },
    connection: 0,
    sequence: memory.session?.sequence ?? 0,
    attempt: 0,
    refusedResumes: 0,
    unansweredResumes: 0,
    handling: undefined,
    inbox: [],
    off: undefined,
    reason: undefined,
    lastEventAt: undefined,
    since: now,
  };
}

export type StateName = "connected" | "connecting" | "off" | "fatal";

export function nameOf({ off, memory, phase }: State): StateName {
  if (off !== undefined) return "off";
  if (memory.fatal !== undefined) return "fatal";
  return phase.kind === "open" && phase.ready ? "connected" : "connecting";
}
