import { isUnproven, proofInWords } from "../endings/proof-in-words.ts";
import type { Card } from "../evidence/card.ts";
import { cutWords } from "../evidence/cut-words.ts";
import { codeMarkdown, inlineMarkdown, linkMarkdown, quoteMarkdown } from "../evidence/untrusted-markdown.ts";
import { costLine } from "../endings/bill.ts";
import type { ChangedFile, Proof } from "../../shared/job.ts";
import { stripHidden } from "../../shared/plain-text.ts";
import { promptVersion } from "../../shared/prompt.ts";
import { maskEmails } from "../../shared/references/email.ts";
import { defuse, endOf } from "./github-markdown.ts";
import type { ReviewedPlan } from "./open-pull-request.ts";
import { isMixed, reviewInWords } from "./review-branch.ts";

/** What bugbot knows of its pull request from one run to the next: it stands in the body, where bugbot's part begins. */
export interface Standing {
  /** The command that wrote bugbot's part last. */
  by: string;
  /** bugbot made it a draft, for its proof or for what else its branch holds. */
  isDraftForProof: boolean;
  /** No run has touched the check that judges the fix. */
  isCheckUntouched: boolean;
}

/** bugbot's part of a body. Quoted words hold no mark: their `<` is none. */
const part =
  /<!-- bugbot:begin ([\w-]+) (draft|ready) (untouched|touched) -->\r?\n([^]*?)<!-- bugbot:proof -->[^]*?<!-- bugbot:end -->/;

/** Undefined where the marks of bugbot's part are gone. */
export function readStanding(body: string): Standing | undefined {
  const [, by = "", draft, check] = part.exec(body) ?? [];
  return draft === undefined
    ? undefined
    : { by, isDraftForProof: draft === "draft", isCheckUntouched: check === "untouched" };
}

/** Of a pull request that this run opens. */
export function standingOf({ proof, review }: Pick<ReviewedPlan, "proof" | "review">): Omit<Standing, "by"> {
  const isDraftForProof = isUnproven(proof) || (review !== undefined && isMixed(review));
  return { isDraftForProof, isCheckUntouched: proof.edited?.length === 0 };
}

/** The body of a new pull request. What people write above or below bugbot's part stays theirs. */
export function describePullRequest(plan: ReviewedPlan): string {
  const { command, report, issue } = plan;
  const platform = command.conversation.platform === "slack" ? "Slack" : "Discord";
  const parts = [
    ownPart(plan, summaryOf(plan), standingOf(plan)),
    `### Report\n\n${issue ? `[${issue.identifier}](${issue.url}), reported` : "Reported"} in ${platform} by ${defuse(inlineMarkdown(maskEmails(report.author)))}:\n
${defuse(quoteMarkdown(cutWords(report.text, maxReportLength)))}`,
    ...evidenceOf(plan.card),
    `---
A person should review it before it is merged.
To go on, write \`@bugbot fix …\` in the same thread: the change lands on this branch. To stop, close this pull request; a run that has begun ends with \`@bugbot stop\` there.
`,
  ];
  return parts.join("\n\n");
}

/** The body with bugbot's part as it is after another run, which adds to what was said before. Undefined where its marks are gone. */
export function describeAnew(
  body: string,
  plan: ReviewedPlan,
  standing: Omit<Standing, "by">,
  note = "",
): string | undefined {
  const [old, by, , , said = ""] = part.exec(body) ?? [];
  if (old === undefined) return undefined;
  if (by === plan.command.id) return body;
  const all = `${endOf(said.trim())}\n\n**Since then:** ${summaryOf(plan)}`;
  return body.replace(old, () => ownPart(plan, all, standing, note));
}

/** The same for a comment, where the body has no part of bugbot's any more. */
export function describeRun(plan: ReviewedPlan, note = ""): string {
  return [summaryOf(plan), ...afterRun(plan, note)].join("\n\n");
}

function ownPart(plan: ReviewedPlan, said: string, standing: Omit<Standing, "by">, note = ""): string {
  const { isDraftForProof, isCheckUntouched } = standing;
  const marks = `${isDraftForProof ? "draft" : "ready"} ${isCheckUntouched ? "untouched" : "touched"}`;
  return [
    `<!-- bugbot:begin ${plan.command.id} ${marks} -->\n${said}`,
    "<!-- bugbot:proof -->",
    ...afterRun(plan, note),
    "<!-- bugbot:end -->",
  ].join("\n\n");
}

function afterRun(plan: ReviewedPlan, note: string): string[] {
  const { proof, usage, model, review } = plan;
  const seen = review && reviewInWords(review);
  return [
    ...(seen ? [`### More than my own work\n\n${defuse(seen)}`] : []),
    `### Proof\n\n${[defuse(proofInWords(proof)), ...(note ? [note] : []), ...printed(proof)].join("\n\n")}`,
    ...changed(plan),
    `Made by bugbot with Claude Code (${costLine(usage, model)} · prompt ${promptVersion}).`,
  ];
}

function summaryOf({ summary }: ReviewedPlan): string {
  return defuse(summary) || "The agent left no summary.";
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

function changed({ files }: ReviewedPlan): string[] {
  if (files.length === 0) return [];
  const lines = files.slice(0, shownFiles).map((file) => `- ${diffOf(file)}`);
  const rest = files.length > shownFiles ? [`- and ${files.length - shownFiles} more`] : [];
  return [`### Change\n\n${[...lines, ...rest].join("\n")}`];
}

/** `` `src/cart.js` +1 −1 `` */
function diffOf({ path, additions, deletions }: ChangedFile): string {
  return `${codeMarkdown(cutWords(path, 200))} +${additions} −${deletions}`;
}

/** A line for each section of the card: the whole is in the issue. */
function evidenceOf(card: Card | undefined): string[] {
  if (!card || card.sections.length === 0) return [];
  const lines = card.sections.map(({ title, brief: { lead, text, url } }) => {
    const words = defuse(inlineMarkdown(maskEmails(text)));
    return `- ${title}: ${defuse(linkMarkdown(maskEmails(lead), url))} ${words}`.trimEnd();
  });
  return [`### Evidence\n\n${lines.join("\n")}`];
}

/** Of a report, before it is written as Markdown. */
const maxReportLength = 10_000;
