import { it } from "vitest";
import { takeModel } from "./grammar.ts";

it.for([
  ["--model opus the total is wrong", "the total is wrong", "opus"],
  ["the total --model=haiku is wrong", "the total is wrong", "haiku"],
  ["the total\n\nis wrong —model Opus", "the total\n\nis wrong", "Opus"],
  ["the total –-model sonnet", "the total", "sonnet"],
  ["the total --model", "the total", ""],
  ["the data--model opus is wrong, and --models too", "the data--model opus is wrong, and --models too", undefined],
  ["my model opus", "my model opus", undefined],
] as const)("a model is taken out of the words: %j", ([words, text, model], { expect }) => {
  expect(takeModel(words)).toEqual({ text, ...(model !== undefined && { model }) });
});
