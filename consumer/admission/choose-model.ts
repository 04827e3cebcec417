import type { Command } from "../../shared/command.ts";
import { Failure } from "../../shared/failure.ts";
import { takeModel } from "../../shared/grammar.ts";
import { findFamily, type ModelFamily, modelFamilies } from "../../shared/models.ts";
import { cutWords } from "../evidence/cut-words.ts";
import { inlineMarkdown } from "../evidence/untrusted-markdown.ts";

/** The model that the asker's own words name, if any; and the command without those words. */
export function chooseModel(command: Command): { command: Command; model: ModelFamily | undefined } {
  const { text, model: named } = takeModel(command.text);
  if (named === undefined) return { command, model: undefined };
  const model = findFamily(named);
  if (model) return { command: { ...command, text }, model };
  throw new Failure("unknown_model", {
    reply: `I do not know the model “${inlineMarkdown(cutWords(named, 40))}”. Write \`--model\` with one of: ${modelFamilies.join(", ")}.`,
    retry: false,
  });
}
