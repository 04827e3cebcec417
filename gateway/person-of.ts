import type { Command } from "../shared/command.ts";
import { workspaceId } from "../shared/conversation.ts";

/** Who sends a command, as a limit counts: a person of one workspace. */
export function personOf({ conversation, author }: Command): string {
  return `${conversation.platform}:${workspaceId(conversation)}:${author.id}`;
}
