import type { Command } from "../../shared/command.ts";
import { conversationId, scopeOf } from "../../shared/conversation.ts";
import type { Ending } from "../endings/ending.ts";
import { briefly } from "../effect.ts";
import type { CommandNeeds, Outside } from "../needs.ts";

/** Stops work; its own last word says that it was stopped. Which: the button's, the reaction's, all of the thread's, else the channel's only one. */
export async function stop(command: Command, needs: CommandNeeds): Promise<Ending> {
  const { effect, commands, now } = needs;
  const isSilent = isReaction(command) || isSessionStop(command);
  const found = await effect("find runs", () => findRuns(command, needs));
  if (found === "several") {
    return {
      outcome: "succeeded",
      reply: "Several runs are under way in this channel. Write `@bugbot stop` in the thread of the one you mean.",
    };
  }
  if (found.length === 0) {
    // Slack goes on showing an agent at work until it is told otherwise.
    if (isSessionStop(command))
      await effect("end session", () => endSession(command, needs), briefly).catch(() => undefined);
    return { outcome: "succeeded", reply: isSilent ? "" : "Nothing is running here." };
  }
  await effect("ask to stop", async () => {
    for (const { id } of found) await commands.requestStop(id, now());
  });
  await effect("stop jobs", async () => {
    for (const run of found) await interrupt(run, needs);
  });
  return { outcome: "succeeded", reply: isSilent ? "" : "Stopping." };
}

async function endSession(command: Command, { replies }: CommandNeeds): Promise<void> {
  await replies(command.conversation.platform).activity?.(command, undefined);
}

/** Makes work that was asked to stop notice it at once; what cannot be reached meets the request at its next stage. Throws where what sleeps was not woken. */
export async function interrupt(
  { id, conversationId: conversation }: { id: string; conversationId: string },
  { sandbox, leases, approvals, wake, now }: Pick<Outside, "sandbox" | "leases" | "approvals" | "wake" | "now">,
): Promise<void> {
  // Without a lease there is no job, and no container to be woken for it.
  if (await leases.findOf(id)) {
    await sandbox(conversation)
      .stop(id)
      .catch(() => false);
    await leases.close(id, now());
  }
  const isAwaited = (await approvals.find(id))?.decision === null;
  // What waits for a vendor wakes by itself, if later.
  await wake(id).catch((error: unknown) => {
    if (isAwaited) throw error;
  });
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

async function findRuns(command: Command, { commands }: CommandNeeds) {
  const { conversation, author, text } = command;
  const [named = ""] = text.split(/\s/, 1);
  if (isReaction(command)) {
    const run = await commands.followedBy(conversation.messageId ?? "");
    return run && run.authorId === author.id ? [run] : [];
  }
  const thread = conversationId(conversation);
  const running = await commands.running(channelPrefix(conversation));
  const meant = running.filter(({ id }) => id === named);
  if (meant.length > 0) return meant;
  const here = running.filter((run) => run.conversationId === thread);
  if (here.length > 0 || conversation.threadId !== undefined) return here;
  return new Set(running.map((run) => run.conversationId)).size > 1 ? ("several" as const) : running;
}

/** What the ids of all conversations of a channel, or on Discord of its scope, begin with. */
function channelPrefix(conversation: Command["conversation"]): string {
  return conversation.platform === "slack"
    ? `slack:${conversation.teamId}:${conversation.channelId}:`
    : scopeOf(conversation);
}
