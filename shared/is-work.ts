import type { Command } from "./command.ts";

/** Whether a command does work, in a thread of its own, rather than answer a question. */
export function isWork({ name }: Pick<Command, "name">): boolean {
  return name === "fix" || name === "contextualize" || name === "retry";
}
