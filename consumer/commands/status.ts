import * as z from "zod/mini";
import type { Command } from "../../shared/command.ts";
import { conversationId } from "../../shared/conversation.ts";
import type { Ending } from "../ending.ts";
import type { CommandNeeds } from "../needs.ts";

const rowSchema = z.object({
  name: z.string(),
  text: z.string(),
  outcome: z.nullable(z.string()),
  started_at: z.number(),
});
const shownCommands = 5;

/** What was asked in this thread and how it went. */
export async function status(
  command: Command,
  { effect, commands, conversations, now }: CommandNeeds,
): Promise<Ending> {
  const thread = conversationId(command.conversation);
  const { rows, pullRequestUrl } = await effect("read status", async () => ({
    rows: z.array(rowSchema).parse(await commands.recent(thread, shownCommands + 1)),
    pullRequestUrl: (await conversations.find(thread)).pullRequestUrl,
  }));
  const others = rows.filter((row) => row.name !== "status");
  const lines = others.map(({ name, text, outcome, started_at: startedAt }) => {
    const minutes = Math.max(0, Math.round((now() - startedAt) / 60_000));
    return `• ${name} ${text.slice(0, 80)}: ${outcome ?? "running"}, started ${minutes} min ago`;
  });
  if (lines.length === 0) return { outcome: "succeeded", reply: "Nothing was asked of me in this thread yet." };
  return {
    outcome: "succeeded",
    reply: [...lines, ...(pullRequestUrl ? [`Pull request: ${pullRequestUrl}`] : [])].join("\n"),
  };
}
