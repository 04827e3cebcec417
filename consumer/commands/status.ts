import type { Command } from "../../shared/command.ts";
import { conversationId, scopeOf } from "../../shared/conversation.ts";
import { maskEmails } from "../../shared/references/email.ts";
import type { Ending } from "../endings/ending.ts";
import { cutWords } from "../evidence/cut-words.ts";
import { inlineMarkdown } from "../evidence/untrusted-markdown.ts";
import type { CommandNeeds } from "../needs.ts";
import type { OpenBreaker } from "../stores/breakers.ts";
import type { RecentCommand } from "../stores/commands.ts";

const shownCommands = 5;

/** What was asked in this thread and how it went; with `all`, in the workspace. And which sources of evidence are left alone for now. */
export async function status(
  command: Command,
  { effect, commands, conversations, breakers, spending, now }: CommandNeeds,
): Promise<Ending> {
  const everywhere = /^all\b/i.test(command.text);
  const { conversation } = command;
  const scope = everywhere ? scopeOf(conversation) : conversationId(conversation);
  const { rows, pullRequestUrl, open } = await effect("read status", async () => ({
    rows: await Promise.all((await commands.recent(scope, shownCommands, command.id)).map(withCostSoFar)),
    pullRequestUrl: (await conversations.find(scope)).pullRequestUrl,
    open: await breakers.open(now()),
  }));
  const resting = open.map((breaker) => describeBreaker(breaker, now()));
  if (rows.length === 0) {
    const reply = `Nothing was asked of me ${everywhere ? "in this workspace" : "in this thread"} yet.`;
    return { outcome: "succeeded", reply: [reply, ...resting].join("\n") };
  }
  const lines = rows.map((row) => describe(row, now()));
  return {
    outcome: "succeeded",
    reply: [
      `📋 Asked of me in this ${everywhere ? "workspace" : "thread"}:`,
      ...lines,
      ...(pullRequestUrl ? [`[Pull request](${pullRequestUrl})`] : []),
      ...resting,
    ].join("\n"),
  };

  /** What a run has cost is written down when it ends. */
  async function withCostSoFar(row: RecentCommand): Promise<RecentCommand> {
    if (row.outcome !== null) return row;
    const bill = await spending.billOf(row.id, now()).catch(() => null);
    return { ...row, costUsd: bill?.costUsd ?? null };
  }
}

function describe(row: RecentCommand, nowMs: number): string {
  const { name, text, outcome, stage, costUsd, startedAt, issue } = row;
  const minutes = Math.max(0, Math.round((nowMs - startedAt) / 60_000));
  const what = [name, issue ?? inlineMarkdown(cutWords(maskEmails(text).replace(/\s+/g, " "), 60))]
    .filter((word) => word !== "")
    .join(" ");
  const cost = costUsd === null ? "" : ` · $${costUsd.toFixed(2)}`;
  const age = outcome === null ? `for ${minutes} min` : `${minutes} min ago`;
  return `* ${what}: ${outcome ?? stage ?? "running"} · ${age}${cost}`;
}

function describeBreaker({ source, triesAt }: OpenBreaker, nowMs: number): string {
  const seconds = Math.max(0, Math.ceil((triesAt - nowMs) / 1000));
  const next = seconds === 0 ? "with the next command" : `in ${seconds} s at the soonest`;
  return `⚠️ ${source} failed too often and is not asked for evidence; it is tried again ${next}.`;
}
