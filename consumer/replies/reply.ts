import type { Button } from "../../shared/button.ts";
import type { AttachedFile, Command } from "../../shared/command.ts";
import type { Conversation } from "../../shared/conversation.ts";

/** What the command's own message shows at a glance. `answered` is for questions: no mark at all. */
/** `working_again`: on a message that shows how an earlier attempt ended. */
export type Mark = "working" | "working_again" | "succeeded" | "failed" | "timed_out" | "stopped" | "answered";

/** What came of a command, as a platform may show it beside the text. */
export interface Card {
  title: string;
  url: string;
  /** Markdown, somebody else's. */
  summary: string;
}

/** One message of bugbot's. Text is Markdown; the platform's writer translates it. */
export interface Reply {
  text: string;
  buttons?: readonly Button[] | undefined;
  card?: Card | undefined;
  /** What bugbot is doing; undefined in a last word, and where it waits for somebody. */
  doing?: Doing | undefined;
  /** Buttons that only open a page. */
  links?: readonly LinkButton[] | undefined;
}

/** What bugbot is doing right now, in the parts that every platform has; the text says the same in words. */
export interface Doing {
  /** As in "looking for the cause". */
  stage: string;
  /** What the agent does there, as in "reading src/cart.js". */
  tool?: string | undefined;
  /** The repository and issue, as Markdown links. */
  where?: string | undefined;
  /** As in "2 min 5 s". */
  elapsed?: string | undefined;
  /** So far, as in "$0.31"; undefined where it is not known. */
  cost?: string | undefined;
}

export interface LinkButton {
  label: string;
  url: string;
}

export const buttonLabels = {
  retry: "Retry",
  stop: "Stop",
  fix: "Fix it",
  ask: "Name the repository",
  approve: "Approve",
  decline: "Decline",
} as const;

/** Something that was said in the thread before: untrusted text. */
export interface Said {
  author: string;
  text: string;
  /** When it was written, in ms since the epoch; where it quotes a message, when that was. */
  at?: number;
  /** Another app said it: an alert, for one. */
  isBot?: boolean;
  /** What was attached. bugbot does not open it. */
  files?: AttachedFile[];
}

/** The id of a message for the asker's eyes only, where the platform gives it none. */
export const whispered = "whispered";

/** A chat platform as the consumer writes to it. Everything may be repeated. Methods throw `Failure`. */
export interface Replies {
  /** Finds or makes the thread the command is worked for in: the conversation with its thread and message filled in. */
  open: (command: Command, again: boolean) => Promise<Conversation>;
  /** Answers the command, once: with `again`, an earlier attempt's message is found and used. Returns its id. */
  post: (command: Command, reply: Reply, again: boolean) => Promise<string>;
  /** Returns the id of the message that says it now: what somebody deleted is posted anew, once, unless it only says what bugbot is doing. */
  edit: (command: Command, messageId: string, reply: Reply) => Promise<string>;
  /**
   * Shows what bugbot is doing where the platform has a place for that besides messages; undefined: nothing any more.
   * Words wait for nothing and never fail.
   */
  activity?: (command: Command, words: string | undefined) => Promise<void>;
  mark: (command: Command, mark: Mark) => Promise<void>;
  /** A link to the thread, the same for every command in it. */
  threadLink: (command: Command) => Promise<string | undefined>;
  /** What was said in the thread besides the command, oldest first, without bugbot's own words. */
  earlier: (command: Command) => Promise<Said[]>;
}
