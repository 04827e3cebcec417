import type { Command } from "../../shared/command.ts";
import { conversationId } from "../../shared/conversation.ts";
import type { Effect } from "../effect.ts";
import type { Outside } from "../needs.ts";
import { titleOf } from "../report/title.ts";

/**
 * Words that are no command, said by a person where bugbot works on a fix or has done so, go on with that fix. Elsewhere, and for
 * every other command, nothing changes.
 */
export async function resolveFollowUp(
  command: Command,
  { effect, conversations, commands }: Pick<Outside, "conversations" | "commands"> & { effect: Effect },
): Promise<Command> {
  if (command.name !== "help" || command.author.bot || titleOf(command.text) === undefined) return command;
  const isKnown = await effect("find fix to go on with", async () => {
    const thread = conversationId(command.conversation);
    const { branch } = await conversations.find(thread);
    return branch !== null || (await commands.workingFor(thread, command)) !== null;
  });
  return isKnown ? { ...command, name: "fix", forAsker: false } : command;
}
