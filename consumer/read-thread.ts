import type { Command } from "../shared/command.ts";
import { Failure } from "../shared/failure.ts";
import type { CommandNeeds } from "./needs.ts";
import type { Said } from "./replies/reply.ts";

/** What was said before the command. A thread that cannot be read fails nothing, but is not passed over in silence. */
export async function readThread(
  command: Command,
  { effect, replies, status }: Pick<CommandNeeds, "effect" | "replies" | "status">,
): Promise<Said[]> {
  try {
    return await effect("read thread", () => replies(command.conversation.platform).earlier(command));
  } catch (error) {
    const reason = error instanceof Failure ? error.reply : "Something broke.";
    status.note(`⚠️ I could not read what was said here before. ${reason}`);
    return [];
  }
}
