import type { Command } from "../../shared/command.ts";
import type { ChangedFile, Proof, Usage } from "../../shared/job.ts";
import { stripHidden } from "../../shared/plain-text.ts";
import { maskEmails } from "../../shared/references/email.ts";
import { promptVersion } from "../../shared/prompt.ts";
import type { GitHub, PullRequest, Repository } from "../clients/github.ts";
import type { Issue } from "../clients/linear.ts";
import type { Effect } from "../effect.ts";
import { costLine } from "../endings/bill.ts";
import type { Card } from "../evidence/card.ts";
import { inlineMarkdown, linkMarkdown } from "../evidence/untrusted-markdown.ts";
import { isUnproven, proofInWords } from "../endings/proof-in-words.ts";
import type { Report } from "../report/read-report.ts";

export interface PullRequestPlan {
  command: Command;
  report: Pick<Report, "text" | "author">;
  repository: Repository;
  branch: string;
  title: string;
  issue: Issue | undefined;
  card: Card | undefined;
  /** The agent's last words: untrusted. */
  summary: string;
  files: readonly ChangedFile[];
  proof: Proof;
  usage: Usage;
  /** The agent's. */
  model: string;
}

/** Opens the pull request, as a draft where nothing proves the fix, or finds the one this branch has. Throws `Failure`. */
export async function openPullRequest(
  plan: PullRequestPlan,
  { github, effect }: { github: GitHub; effect: Effect },
): Promise<PullRequest> {
  const { repository, branch: head, title, proof } = plan;
  const opened = await effect("open pull request", async () => {
    const open = await github.findPullRequest(repository.name, head);
    const base = repository.defaultBranch;
    const body = describePullRequest(plan);
    return open ?? github.createPullRequest(repository.name, { head, base, title, body, draft: isUnproven(proof) });
  });
  const label = () => github.labelPullRequest(repository.name, opened.number);
  await effect("label pull request", label, { attempts: 1 }).catch(() => undefined);
  return opened;
}

function describePullRequest(plan: PullRequestPlan): string {
  const { command, report, issue, summary, proof, usage, model } = plan;
  const platform = command.conversation.platform === "slack" ? "Slack" : "Discord";
  const parts = [
    defuse(summary) || "The agent left no summary.",
    `### Proof\n\n${[defuse(proofInWords(proof)), ...printed(proof)].join("\n\n")}`,
    ...changed(plan),
    `### Report\n\n${issue ? `[${issue.identifier}](${issue.url}), reported` : "Reported"} in ${platform} by ${defuse(inlineMarkdown(maskEmails(report.author)))}:\n
${defuse(report.text)
  .split("\n")
  .map((line) => `> ${line}`)
  .join("\n")}`,
    ...evidenceOf(plan.card),
    `---
Made by bugbot with Claude Code (${costLine(usage, model)} · prompt ${promptVersion}). A person should review it before it is merged.
To go on, write \`@bugbot fix …\` in the same thread: the change lands on this branch. To stop, close this pull request; a run that has begun ends with \`@bugbot stop\` there.
`,
  ];
  return parts.join("\n\n");
}

/** What the check printed, where it failed: a block that its text cannot leave. */
function printed(proof: Proof): string[] {
  if ((proof.kind !== "fails" && proof.kind !== "edits_check") || proof.output === "") return [];
  const lines = stripHidden(proof.output)
    .split("\n")
    .map((line) => `    ${line}`);
  return [`How it ended:\n\n${lines.join("\n")}`];
}

const shownFiles = 20;

function changed({ files }: PullRequestPlan): string[] {
  if (files.length === 0) return [];
  const lines = files.slice(0, shownFiles).map((file) => `- ${diffOf(file)}`);
  const rest = files.length > shownFiles ? [`- and ${files.length - shownFiles} more`] : [];
  return [`### Change\n\n${[...lines, ...rest].join("\n")}`];
}

/** `` `src/cart.js` +1 −1 `` */
export function diffOf({ path, additions, deletions }: ChangedFile): string {
  return `\`${path.replaceAll("`", "'").slice(0, 200).toWellFormed()}\` +${additions} −${deletions}`;
}

/** A line for each section of the card: the whole is in the issue. */
function evidenceOf(card: Card | undefined): string[] {
  if (!card || card.sections.length === 0) return [];
  const lines = card.sections.map(({ title, brief: { lead, text, url } }) => {
    const words = defuse(inlineMarkdown(maskEmails(text)));
    // The address is left as it is.
    const link = linkMarkdown(maskEmails(lead), url).replace(/^.*?(?=\]\(|$)/s, (label) => defuse(label));
    return `- ${title}: ${link} ${words}`.trimEnd();
  });
  return [`### Evidence\n\n${lines.join("\n")}`];
}

/** GitHub refuses longer bodies; quoted parts are kept far below. */
const maxQuotedLength = 20_000;

/** Quoted words ping nobody, link to no issue and hide nothing. */
function defuse(text: string): string {
  return stripHidden(text)
    .trim()
    .slice(0, maxQuotedLength)
    .toWellFormed()
    .replaceAll("<", "&lt;")
    .replace(/@(?=[\w-])/g, "@\u200B")
    .replace(/(#|\bGH-)(?=\d)/gi, "$1\u200B");
}
