import type { Button } from "../shared/button.ts";
import type { Command } from "../shared/command.ts";
import { conversationId } from "../shared/conversation.ts";
import { redact } from "../shared/redact.ts";
import { secretsOf } from "../shared/settings.ts";
import { isWork } from "./is-work.ts";
import type { Ending } from "./ending.ts";
import type { CommandNeeds } from "./needs.ts";
import type { Mark } from "./replies/reply.ts";

/** The command's one last word: recorded, said, and the conversation free for the next. */
export async function settle(command: Command, ending: Ending, needs: CommandNeeds): Promise<void> {
  const { effect, status, commands, conversations, settings, log, now } = needs;
  const reply = redact(ending.reply, secretsOf(settings));
  let unrecorded: unknown;
  try {
    await effect("settle", async () => {
      await commands.settle(command.id, { ...ending, reply }, now());
      await conversations.release(conversationId(command.conversation), command.id);
    });
  } catch (error) {
    unrecorded = error;
  }
  // A database that is down does not keep the last word from the person.
  if (reply !== "") {
    try {
      await status.lastWord({ text: reply, buttons: buttonsOf(command, ending) });
    } finally {
      await status.mark(markOf(command, ending));
    }
  }
  if (unrecorded !== undefined) throw unrecorded;
  log("command_settled", {
    commandId: command.id,
    name: command.name,
    outcome: ending.outcome,
    pullRequestUrl: ending.pullRequestUrl,
    costUsd: ending.usage?.costUsd,
  });
}

/** An answer to a question needs no mark; work does. */
function markOf(command: Command, { outcome }: Ending): Mark {
  if (outcome === "refused") return "failed";
  return outcome === "succeeded" && !isWork(command) ? "answered" : outcome;
}

function buttonsOf(command: Command, { outcome, ask }: Ending): Button[] {
  if (ask) return [{ action: "ask", commandId: command.id }];
  const again = isWork(command) && (outcome === "failed" || outcome === "timed_out" || outcome === "stopped");
  return again ? [{ action: "retry", commandId: command.id }] : [];
}
