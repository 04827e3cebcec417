import type { Command } from "../../shared/command.ts";
import { workspaceId } from "../../shared/conversation.ts";
import { Failure } from "../../shared/failure.ts";
import { listenEveryMs } from "../../shared/limits.ts";
import type { Usage } from "../../shared/job.ts";
import type { Settings } from "../../shared/settings.ts";
import type { Ending } from "./ending.ts";
import type { Outside } from "../needs.ts";
import type { Bill, Payer } from "../stores/spending.ts";

type BillNeeds = Pick<Outside, "spending" | "settings" | "now">;

/** How long a run's last questions may take to be counted: they end once it shows that the agent is gone. */
const countMs = listenEveryMs + 2_000;

export function payerOf({ conversation, author }: Command): Payer {
  const { platform } = conversation;
  return { workspace: `${platform}:${workspaceId(conversation)}`, author: `${platform}:${author.id}` };
}

/**
 * Puts aside what a run may cost of this month's money: how much that is, in USD; null where no month has a cap. Throws a `Failure` where
 * nothing is left.
 */
export async function reserveMonth(
  command: Command,
  maxUsd: number,
  { spending, settings, now }: BillNeeds,
): Promise<number | null> {
  const caps = capsOf(settings);
  if (caps.length === 0) return null;
  const nowMs = now();
  const reserved = await spending.reserve(
    command.id,
    payerOf(command),
    { maxUsd, caps: Object.fromEntries(caps.map(({ of, cap }) => [of, cap])), sinceMs: monthOf(nowMs) },
    nowMs,
  );
  if (reserved !== undefined) return reserved;
  const month = await readMonth(command, { spending, settings, now });
  const spent = month.find((one) => one.spent >= one.cap);
  throw new Failure("month_spent", {
    reply: spent
      ? `${spent.whose} money for this month is spent: ${usd(spent.spent)} of ${usd(spent.cap)}. It starts anew on ${nextMonth(nowMs)} (UTC).`
      : `What is under way may take the rest of this month's money (${month.map(({ whose, spent: sum, cap }) => `${whose.toLowerCase()} ${usd(sum)} of ${usd(cap)} is spent`).join(", ")}). Try again when it has ended, on ${nextMonth(nowMs)} (UTC) at the latest.`,
    retry: false,
  });
}

/** What the egress counted, once all that the run asked is counted; nothing where no run was begun. */
export async function readBill(commandId: string, { spending, now }: BillNeeds): Promise<Bill | null> {
  const until = now() + countMs;
  for (;;) {
    const bill = await spending.billOf(commandId, now());
    if (!bill?.underWay || now() >= until) return bill;
    await scheduler.wait(100);
  }
}

/** The ending with what it cost: by the egress's count where there is one. Without a run it is as it was. */
export async function withBill(command: Command, ending: Ending, needs: BillNeeds): Promise<Ending> {
  const bill = await readBill(command.id, needs);
  if (!bill || ending.reply === "") return ending;
  const { durationMs = needs.now() - bill.openedAt, turns = 0 } = ending.usage ?? {};
  const usage = { costUsd: bill.costUsd, durationMs, turns };
  const month = (await readMonth(command, needs)).map(({ spent, cap, short }) => `${short} ${usd(spent)}/${usd(cap)}`);
  const line = [costLine(usage, bill.model), ...month].join(" · ");
  return { ...ending, usage, reply: `${ending.reply}\n${line}` };
}

/** `$0.84 · 6m12s · sonnet · 14 turns`. */
export function costLine({ costUsd, durationMs, turns }: Usage, model: string): string {
  const seconds = Math.round(durationMs / 1000);
  const time = seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, "0")}s`;
  const counted = turns > 0 ? [`${turns} ${turns === 1 ? "turn" : "turns"}`] : [];
  return [`$${costUsd.toFixed(2)}`, time, model, ...counted].join(" · ");
}

async function readMonth(command: Command, { spending, settings, now }: BillNeeds) {
  const caps = capsOf(settings);
  if (caps.length === 0) return [];
  const spent = await spending.since(monthOf(now()), payerOf(command));
  return caps.map((cap) => ({ ...cap, spent: spent[cap.of] }));
}

function capsOf(settings: Settings) {
  const { BUGBOT_MAX_USD_PER_WORKSPACE_MONTH: workspace, BUGBOT_MAX_USD_PER_USER_MONTH: author } = settings;
  return [
    ...(workspace !== undefined
      ? [{ of: "workspace" as const, cap: workspace, whose: "This workspace's", short: "month" }]
      : []),
    ...(author !== undefined ? [{ of: "author" as const, cap: author, whose: "Your", short: "your month" }] : []),
  ];
}

/** When the calendar month began, in UTC. */
function monthOf(nowMs: number): number {
  const now = new Date(nowMs);
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
}

function nextMonth(nowMs: number): string {
  const now = new Date(nowMs);
  const next = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1));
  return next.toLocaleDateString("en-GB", { day: "numeric", month: "long", timeZone: "UTC" });
}

/** Cents where there are few dollars. */
export function usd(amount: number): string {
  return `$${amount < 10 && !Number.isInteger(amount) ? amount.toFixed(2) : Math.round(amount)}`;
}
