import type { ChangedFile, Proof, Usage } from "../../shared/job.ts";
import type { PullRequest } from "../clients/github.ts";
import type { Ending } from "./ending.ts";
import { cutWords } from "../evidence/cut-words.ts";
import { listed } from "./ending-of-run.ts";
import { proofInWords } from "./proof-in-words.ts";

export interface Proposal {
  summary: string;
  files: readonly ChangedFile[];
  proof: Proof;
  usage: Usage;
}

export interface ProposalFacts {
  /** The repository and issue, as Markdown links. */
  where: string;
  pullRequest: PullRequest & { title: string };
  /** Something else the person should know. */
  note: string;
}

/** What a person reads at a glance; the pull request has all of it. */
const maxSummaryLength = 1_000;
const shownFiles = 5;

/** The last word about a fix that is in a pull request. */
export function endingOfProposal(
  { summary, files, proof, usage }: Proposal,
  { where, pullRequest: { number, url, title, draft }, note }: ProposalFacts,
): Ending {
  const first = `✅ [Pull request #${number}](${url}) in ${where}${draft ? ", as a draft" : ""}`;
  return {
    outcome: "succeeded",
    reply: [first, ...sizeOf(files), proofInWords(proof), ...(note ? [note] : [])].join("\n"),
    usage,
    pullRequestUrl: url,
    links: [{ label: "Open pull request", url }],
    card: { title, url, summary: cutWords(summary, maxSummaryLength) },
  };
}

/** `` 2 files, +3 −1: `src/a.js`, `src/b.js` `` */
function sizeOf(files: readonly ChangedFile[]): string[] {
  if (files.length === 0) return [];
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  const paths = files.map(({ path }) => path);
  return [
    `${files.length} ${files.length === 1 ? "file" : "files"}, +${additions} −${deletions}: ${listed(paths, shownFiles)}`,
  ];
}
