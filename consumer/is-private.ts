import type { Command } from "../shared/command.ts";
import { isWork } from "./is-work.ts";

/** Whether its answer is for the asker's eyes alone: a question that no message in chat asks. */
export function isPrivate(command: Command): boolean {
  return !isWork(command) && command.conversation.messageId === undefined;
}
