import type { Button } from "../../shared/button.ts";
import type { Command } from "../../shared/command.ts";
import type { Conversation } from "../../shared/conversation.ts";

/** What the command's own message shows at a glance. `answered` is for questions: no mark at all. */
export type Mark = "working" | "succeeded" | "failed" | "timed_out" | "stopped" | "answered";

/** What came of a command, as a platform may show it beside the text. */
export interface Card {
  title: string;
  url: string;
  /** Plain words, somebody else's. */
  summary: string;
}

/** One message of bugbot's. Text is Markdown; the platform's writer translates it. */
export interface Reply {
  text: string;
  buttons?: readonly Button[] | undefined;
  card?: Card | undefined;
}

export const buttonLabels = { retry: "Retry", stop: "Stop", fix: "Fix it", ask: "Name the repository" } as const;

/** Something a person said in the thread before: untrusted text. */
export interface Said {
  author: string;
  text: string;
}

/** The id of a message for the asker's eyes only, where the platform gives it none. */
export const whispered = "whispered";

/** A chat platform as the consumer writes to it. Everything may be repeated. Methods throw `Failure`. */
export interface Replies {
  /** Finds or makes the thread the command is worked for in: the conversation with its thread and message filled in. */
  open: (command: Command, again: boolean) => Promise<Conversation>;
  /** Answers the command, once: with `again`, an earlier attempt's message is found and used. Returns its id. */
  post: (command: Command, reply: Reply, again: boolean) => Promise<string>;
  edit: (command: Command, messageId: string, reply: Reply) => Promise<void>;
  mark: (command: Command, mark: Mark) => Promise<void>;
  /** A link to the command's message. */
  permalink: (command: Command) => Promise<string | undefined>;
  /** What was said in the thread before, oldest first, without bugbot's own words. */
  earlier: (command: Command) => Promise<Said[]>;
}
