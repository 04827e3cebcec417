import type { Command } from "../../shared/command.ts";

/** What the command's own message shows at a glance. `answered` is for questions: no mark at all. */
export type Mark = "working" | "succeeded" | "failed" | "timed_out" | "stopped" | "answered";

/** A chat platform as the consumer writes to it. Text is Markdown; everything may be repeated. Methods throw `Failure`. */
export interface Replies {
  /** Posts in the command's thread, once per command: with `again`, an earlier attempt's message is found and used. */
  post: (command: Command, text: string, again: boolean) => Promise<string>;
  edit: (command: Command, messageId: string, text: string) => Promise<void>;
  mark: (command: Command, mark: Mark) => Promise<void>;
  /** A link to the command's message. */
  permalink: (command: Command) => Promise<string | undefined>;
}
