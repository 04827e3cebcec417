import { pathsInWords } from "../endings/paths-in-words.ts";
import type { Command } from "../../shared/command.ts";
import { sha256 } from "../../shared/audit-entry.ts";
import { conversationId } from "../../shared/conversation.ts";
import { Failure } from "../../shared/failure.ts";
import type { Job } from "../../shared/job.ts";
import { approvalEvent, approvalMs, planLength } from "../../shared/limits.ts";
import { codeMarkdown, inlineMarkdown, linkMarkdown, plainQuoteMarkdown } from "../evidence/untrusted-markdown.ts";
import type { CommandNeeds } from "../needs.ts";
import { noteDeed } from "../note-deed.ts";
import type { Report } from "../report/read-report.ts";
import { speakerOf, wordsOf } from "../report/said.ts";
import { stopButton } from "../sandbox/run-agent.ts";

export type ApprovalNeeds = Pick<
  CommandNeeds,
  | "effect"
  | "admissions"
  | "approvals"
  | "messagesToRuns"
  | "commands"
  | "status"
  | "waitForEvent"
  | "settings"
  | "record"
  | "now"
>;

/** All that a run will be given. */
export interface Plan {
  repository: string;
  branch: string;
  /** Shown as it is; the prompt holds it, and what stands around it. */
  report: Pick<Report, "text" | "author" | "earlier">;
  model: string;
  prompts: readonly (string | undefined)[];
  allowedPaths: readonly string[];
  /** What it starts from and how far it may go. */
  terms: { head: string | null; limits: Job["limits"]; verify: string | null; resumes: boolean };
}

/**
 * Shows what is about to be done and waits until somebody else approves exactly that. Words that are added meanwhile make another
 * plan of it, which has to be approved anew. Throws a `Failure` where it is declined, stopped, or nobody answers.
 */
export async function awaitApproval(command: Command, plan: Plan, needs: ApprovalNeeds): Promise<void> {
  const { effect, admissions, approvals, messagesToRuns, commands, status, waitForEvent, now } = needs;
  const expiresAt = await effect("approval begins", async () => now() + approvalMs);
  for (let round = 1; ; round++) {
    const asked = await effect(`ask for approval ${round}`, async () => {
      const added = (await messagesToRuns.of(command.id)).map(({ text }) => text);
      const hash = await hashPlan(plan, added);
      await approvals.ask(command.id, { conversationId: conversationId(command.conversation), plan: hash, expiresAt });
      // A stop before this woke nobody.
      if (await commands.stopRequested(command.id)) throw stopped();
      return { hash, added };
    });
    await status.show(`approval ${round}`, {
      text: describe(command, plan, asked, needs),
      buttons: [
        { action: "approve", commandId: command.id, plan: asked.hash },
        { action: "decline", commandId: command.id, plan: asked.hash },
        stopButton(command),
      ],
    });
    await waitForEvent(`approval ${round}`, approvalEvent, Math.max(1_000, expiresAt - now()));
    const answer = await effect(`read approval ${round}`, () => read(asked.hash));
    switch (answer.kind) {
      case "approved":
        await effect("note approval", async () => {
          await admissions.begin(command.id, now());
          await noteDeed(command, "approved", { by: answer.by, plan: asked.hash }, needs);
        });
        return;
      case "declined":
        throw new Failure("declined", { reply: "It was declined.", retry: false });
      case "expired":
        throw new Failure("not_approved", {
          reply: `Nobody approved it within ${approvalMs / 3_600_000} hours.`,
          retry: false,
        });
      case "stopped":
        throw stopped();
      case "changed":
        break;
      default:
        answer satisfies never;
    }
  }

  async function read(hash: string) {
    if (await commands.stopRequested(command.id)) return { kind: "stopped" as const };
    const isOver = now() >= expiresAt;
    const found = isOver
      ? await approvals.decide(command.id, hash, { decision: "expired", by: "bugbot" }, now())
      : await approvals.find(command.id);
    if (found?.decision === "declined" || found?.decision === "expired") return { kind: found.decision };
    // Something may have been added at the very moment of the answer: that is another plan.
    const added = (await messagesToRuns.of(command.id)).map(({ text }) => text);
    const isSame = found?.plan === hash && (await hashPlan(plan, added)) === hash;
    if (found?.decision === "approved" && isSame) return { kind: "approved" as const, by: found.decidedBy ?? "" };
    return { kind: "changed" as const };
  }
}

function stopped(): Failure {
  return new Failure("stopped", { reply: "Stopped.", retry: false });
}

/** The first hex digits of a hash of everything a run is given: buttons carry it. */
async function hashPlan(
  { repository, branch, report, model, prompts, allowedPaths, terms }: Plan,
  added: string[],
): Promise<string> {
  const whole = [repository, branch, report.author, report.text, model, prompts, allowedPaths, terms, added];
  return (await sha256(JSON.stringify(whole))).slice(0, planLength);
}

function describe(
  { author }: Command,
  { repository, branch, report, model, allowedPaths, terms }: Plan,
  { hash, added }: { hash: string; added: string[] },
  { settings }: Pick<ApprovalNeeds, "settings">,
): string {
  const who = settings.BUGBOT_APPROVERS.length > 0 ? "one of those who may approve" : "somebody else";
  return [
    `⏸️ Waits until ${who}, not ${inlineMarkdown(author.name ?? author.id)}, approves this:`,
    `* repository: ${linkMarkdown(repository, `${settings.GITHUB_URL}/${repository}`)}`,
    `* branch: ${codeMarkdown(branch)}`,
    `* model: ${model}`,
    `* files that may change: ${pathsInWords(allowedPaths)}`,
    `* starts from: ${terms.head === null ? "nothing" : `\`${terms.head.slice(0, 12)}\``}${terms.resumes ? ", and goes on with what an earlier run here kept" : ""}`,
    `* may cost $${terms.limits.maxCostUsd}, speak ${terms.limits.maxTurns} times and take ${terms.limits.wallClockMs / 60_000} minutes`,
    `* report, by ${inlineMarkdown(report.author)}:`,
    plainQuoteMarkdown(report.text),
    ...report.earlier.flatMap((said) => [
      `* said earlier in the thread, by ${inlineMarkdown(speakerOf(said))}:`,
      plainQuoteMarkdown(wordsOf(said)),
    ]),
    ...(added.length > 0 ? ["* and added since:", ...added.map(plainQuoteMarkdown)] : []),
    `Plan \`${hash}\`. What is added changes the plan, and has to be approved anew.`,
  ].join("\n");
}
