import type { Command } from "../../shared/command.ts";
import { conversationId } from "../../shared/conversation.ts";
import type { Ending } from "../ending.ts";
import type { CommandNeeds } from "../needs.ts";

/** Stops the run of this thread. Its own last word says that it was stopped. */
export async function stop(
  command: Command,
  { effect, conversations, leases, sandbox, now }: CommandNeeds,
): Promise<Ending> {
  const thread = conversationId(command.conversation);
  const stopped = await effect("stop job", async () => {
    const { runningCommandId } = await conversations.find(thread);
    if (!runningCommandId) return false;
    try {
      return await sandbox(thread).stop(runningCommandId);
    } finally {
      await leases.close(runningCommandId, now());
    }
  });
  return { outcome: "succeeded", reply: stopped ? "Stopping." : "Nothing is running in this thread." };
}
