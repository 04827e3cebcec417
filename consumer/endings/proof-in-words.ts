import type { Proof } from "../../shared/job.ts";
import { cutWords } from "../evidence/cut-words.ts";
import { codeMarkdown, inlineMarkdown } from "../evidence/untrusted-markdown.ts";

/** What a proof is worth, as Markdown for chat and pull request alike. */
export function proofInWords(proof: Proof): string {
  if (proof.kind === "not_verified") return `Not verified: ${inlineMarkdown(proof.reason)}.`;
  const command = code(proof.command);
  switch (proof.kind) {
    case "reproduced":
      return proof.tests.length > 0
        ? `Reproduced by a new test: with ${listed(proof.tests)} ${command} failed on the code before, and passes on the fix${alsoAsItWas(proof)}.`
        : `Reproduced: ${command} failed before the change, and passes after it${alsoAsItWas(proof)}.`;
    case "passes":
      return `${command} passes${alsoAsItWas(proof)}. ${whyNotReproduced(proof)}`;
    case "edits_check": {
      const asItWas = `with ${listed(proof.edited)} as before`;
      return proof.asItWas === "failed"
        ? `The change edits its own check: ${command} passes, but ${asItWas} it fails. ${onCodeBefore[proof.before]}`
        : `The change edits its own check: ${command} passes, but what it says ${asItWas} is not known.`;
    }
    case "fails":
      return `${command} fails on the fix. ${onCodeBefore[proof.before]}`;
    default:
      return proof satisfies never;
  }
}

const onCodeBefore = {
  passed: "Before the change, it passed.",
  failed: "It failed before the change, too.",
  unknown: "What it said before the change is not known.",
} satisfies Record<Extract<Proof, { kind: "fails" }>["before"], string>;

function alsoAsItWas({ edited = [] }: { edited?: readonly string[] | undefined }): string {
  return edited.length > 0 ? `, also with ${listed(edited)} as before` : "";
}

function whyNotReproduced({ tests, added = [], before }: Extract<Proof, { kind: "passes" }>): string {
  if (before === "unknown")
    return tests.length > 0
      ? `What it says with ${listed(tests)} on the code before is not known.`
      : onCodeBefore.unknown;
  if (tests.length === 0) return "No test shows the bug: none failed before the change.";
  const beside = added.length > 0 ? `, with ${listed(added)} beside it` : "";
  return `${listed(tests)} does not show the bug: it passes on the code before${beside}, too.`;
}

/** Whether a person has to look before anything else is done with it. */
export function isUnproven({ kind }: Proof): boolean {
  return kind === "edits_check" || kind === "fails" || kind === "not_verified";
}

const shownTests = 3;

function listed(paths: readonly string[]): string {
  const shown = paths.slice(0, shownTests).map(code).join(", ");
  return paths.length > shownTests ? `${shown} and ${paths.length - shownTests} more` : shown;
}

function code(text: string): string {
  return codeMarkdown(cutWords(text, 200));
}
