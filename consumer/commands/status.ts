import type { Command } from "../../shared/command.ts";
import { conversationId, workspaceId } from "../../shared/conversation.ts";
import type { Ending } from "../ending.ts";
import type { CommandNeeds } from "../needs.ts";
import type { RecentCommand } from "../stores/commands.ts";

const shownCommands = 5;

/** What was asked in this thread and how it went; with `all`, in the workspace. */
export async function status(
  command: Command,
  { effect, commands, conversations, now }: CommandNeeds,
): Promise<Ending> {
  const everywhere = /^all\b/i.test(command.text);
  const { conversation } = command;
  const scope = everywhere ? `${conversation.platform}:${workspaceId(conversation)}:` : conversationId(conversation);
  const { rows, pullRequestUrl } = await effect("read status", async () => ({
    rows: await commands.recent(scope, shownCommands, command.id),
    pullRequestUrl: (await conversations.find(scope)).pullRequestUrl,
  }));
  if (rows.length === 0) {
    return {
      outcome: "succeeded",
      reply: `Nothing was asked of me ${everywhere ? "in this workspace" : "in this thread"} yet.`,
    };
  }
  const lines = rows.map((row) => describe(row, now()));
  return {
    outcome: "succeeded",
    reply: [
      `📋 Asked of me in this ${everywhere ? "workspace" : "thread"}:`,
      ...lines,
      ...(pullRequestUrl ? [`[Pull request](${pullRequestUrl})`] : []),
    ].join("\n"),
  };
}

function describe({ name, text, outcome, costUsd, startedAt, issue }: RecentCommand, nowMs: number): string {
  const minutes = Math.max(0, Math.round((nowMs - startedAt) / 60_000));
  const what = [name, issue ?? text.replace(/\s+/g, " ").slice(0, 60)].filter((word) => word !== "").join(" ");
  const cost = costUsd === null ? "" : ` · $${costUsd.toFixed(2)}`;
  return `* ${what}: ${outcome ?? "running"} · ${minutes} min ago${cost}`;
}
