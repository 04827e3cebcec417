import type { Command } from "../shared/command.ts";
import type { ServiceState } from "../shared/settings.ts";

/** What a platform hears at once: JSON, plain text, or nothing but a 200. */
export type Answer = { json: unknown } | { text: string } | undefined;

/** What a signed request turned out to be. */
export type Incoming =
  /** Something to do: enqueued first, answered then. */
  | { kind: "command"; command: Command; answer?: Answer }
  /** Nothing to do: a handshake, a form to fill in, suggestions. `after` is sent once that is answered. */
  | { kind: "answer"; answer: Answer; after?: () => Promise<void> }
  /** Not for us: another app's event, or our own message. */
  | { kind: "ignored"; reason: string }
  /** Not what the platform sends. */
  | { kind: "malformed"; reason: string };

export type Parse = (body: string, nowMs: number) => Promise<Incoming>;

/** A chat platform as the gateway sees it. */
export interface Platform {
  /** Whether the platform signed exactly this body, within five minutes of `nowMs`. */
  verify: (headers: Headers, body: Uint8Array<ArrayBuffer>, nowMs: number) => Promise<boolean>;
  /** Each path the platform posts to, and how a body there is read. */
  routes: ReadonlyMap<string, Parse>;
  /** Words for the asker's eyes, as an answer on that path; undefined where nobody reads one. */
  tell: (path: string, words: string) => Answer;
  /** The first visible sign, sent after the answer; nothing depends on it. Undefined: there is none to send. */
  acknowledge: (command: Command) => Promise<void> | undefined;
}

/** Where a platform knocks, and whether it is set up. */
export interface Door {
  name: string;
  /** What its routes begin with: `/slack`. */
  prefix: string;
  state: ServiceState;
  /** Loads the platform's half of the gateway when the first request for it comes. */
  open: () => Promise<Platform>;
}
