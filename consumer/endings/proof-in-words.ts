import type { Proof } from "../../shared/job.ts";
import { escapeMarkdown } from "../../shared/plain-text.ts";

/** What a proof is worth, as Markdown for chat and pull request alike. */
export function proofInWords(proof: Proof): string {
  if (proof.kind === "not_verified") return `Not verified: ${escapeMarkdown(proof.reason)}.`;
  const command = code(proof.command);
  switch (proof.kind) {
    case "reproduced":
      return proof.tests.length > 0
        ? `Reproduced by a new test: with ${listed(proof.tests)} ${command} failed on the code before, and passes on the fix.`
        : `Reproduced: ${command} failed before the change, and passes after it.`;
    case "passes":
      return proof.tests.length > 0
        ? `${command} passes. ${listed(proof.tests)} does not show the bug: it passes on the code before, too.`
        : `${command} passes. No test shows the bug: none failed before the change.`;
    case "fails":
      switch (proof.before) {
        case "passed":
          return `${command} fails on the fix. Before it, it passed.`;
        case "failed":
          return `${command} fails on the fix. It failed before, too.`;
        case "unknown":
          return `${command} fails on the fix. What it said before is not known.`;
        default:
          return proof.before satisfies never;
      }
    default:
      return proof satisfies never;
  }
}

/** Whether a person has to look before anything else is done with it. */
export function isUnproven({ kind }: Proof): boolean {
  return kind === "fails" || kind === "not_verified";
}

const shownTests = 3;

function listed(paths: readonly string[]): string {
  const shown = paths.slice(0, shownTests).map(code).join(", ");
  return paths.length > shownTests ? `${shown} and ${paths.length - shownTests} more` : shown;
}

function code(text: string): string {
  return `\`${text.replaceAll("`", "'").replace(/\s+/g, " ").slice(0, 200).toWellFormed()}\``;
}
