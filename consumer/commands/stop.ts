import type { Command } from "../../shared/command.ts";
import { conversationId } from "../../shared/conversation.ts";
import type { Ending } from "../endings/ending.ts";
import type { CommandNeeds, Outside } from "../needs.ts";

/** Stops a run; its own last word says that it was stopped. Which one: the button's, the reaction's, the thread's, else the channel's only one. */
export async function stop(command: Command, needs: CommandNeeds): Promise<Ending> {
  const { effect, commands, approvals, wake, now } = needs;
  const isSilent = isReaction(command) || isSessionStop(command);
  const found = await effect("find run", () => findRun(command, needs));
  if (found === "several") {
    return {
      outcome: "succeeded",
      reply: "Several runs are under way in this channel. Write `@bugbot stop` in the thread of the one you mean.",
    };
  }
  if (found === null) {
    // Slack goes on showing an agent at work until it is told otherwise.
    if (isSessionStop(command)) await effect("end session", () => endSession(command, needs)).catch(() => undefined);
    return { outcome: "succeeded", reply: isSilent ? "" : "Nothing is running here." };
  }
  await effect("ask to stop", () => commands.requestStop(found.id, now()));
  // A job that is not there yet, or no more, is met by the request at its next stage.
  await effect("stop job", () => stopJob(found, needs)).catch(() => false);
  await effect("wake", async () => {
    if ((await approvals.find(found.id))?.decision === null) await wake(found.id);
  }).catch(() => undefined);
  return { outcome: "succeeded", reply: isSilent ? "" : "Stopping." };
}

async function endSession(command: Command, { replies }: CommandNeeds): Promise<void> {
  await replies(command.conversation.platform).activity?.(command, undefined);
}

/** Ends what a command's container does, and what it may reach. */
export async function stopJob(
  { id, conversationId: conversation }: { id: string; conversationId: string },
  { sandbox, leases, now }: Pick<Outside, "sandbox" | "leases" | "now">,
): Promise<boolean> {
  try {
    return await sandbox(conversation).stop(id);
  } finally {
    await leases.close(id, now());
  }
}

/** ❌ on a status message: a message without a thread, and not a word. */
function isReaction({ conversation, text }: Command): boolean {
  return (
    conversation.platform === "slack" &&
    conversation.threadId === undefined &&
    conversation.messageId !== undefined &&
    text === ""
  );
}

/** Slack's own stop button: a thread without a message, and not a word. */
function isSessionStop({ conversation, text }: Command): boolean {
  return (
    conversation.platform === "slack" &&
    conversation.threadId !== undefined &&
    conversation.messageId === undefined &&
    conversation.responseUrl === undefined &&
    text === ""
  );
}

async function findRun(command: Command, { commands }: CommandNeeds) {
  const { conversation, author, text } = command;
  const [named = ""] = text.split(/\s/, 1);
  if (isReaction(command)) {
    const run = await commands.followedBy(conversation.messageId ?? "");
    return run && run.authorId === author.id ? run : null;
  }
  const thread = conversationId(conversation);
  const running = await commands.running(channelPrefix(conversation));
  const mine = running.find(({ id }) => id === named) ?? running.find((run) => run.conversationId === thread);
  if (mine) return mine;
  const inThread = conversation.threadId !== undefined;
  if (inThread || running.length === 0) return null;
  return running.length === 1 ? (running[0] ?? null) : ("several" as const);
}

/** What the ids of all conversations of a channel, or for Discord of a guild, begin with. */
export function channelPrefix(conversation: Command["conversation"]): string {
  return conversation.platform === "slack"
    ? `slack:${conversation.teamId}:${conversation.channelId}:`
    : `discord:${conversation.guildId}:`;
}
