import type { Command } from "../shared/command.ts";

/** What a signed request turned out to be. */
export type Incoming =
  | { kind: "command"; command: Command }
  /** The platform checks that we are here: `answer` is what it wants to hear. */
  | { kind: "handshake"; answer: string }
  /** Nothing for us: another app's event, or our own message. */
  | { kind: "ignored"; reason: string }
  /** Not what the platform sends. */
  | { kind: "malformed"; reason: string };

/** A chat platform as the gateway sees it. Each has `verify.ts`, `parse.ts` and `acknowledge.ts`. */
export interface Platform {
  /** Whether the platform signed exactly this body, within five minutes of `nowMs`. */
  verify: (headers: Headers, body: Uint8Array<ArrayBuffer>, nowMs: number) => Promise<boolean>;
  parse: (body: string, nowMs: number) => Promise<Incoming>;
  /** The first visible sign, sent after the answer; nothing depends on it. */
  acknowledge: (command: Command) => Promise<void>;
}
