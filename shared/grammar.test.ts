import { it } from "vitest";
import { parseWords, takeModel } from "./grammar.ts";

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

it.for([
  ["FIX the total is wrong", "fix", "the total is wrong"],
  [": ctx BUG-12", "contextualize", "BUG-12"],
  ["Fix: the total is wrong", "fix", "the total is wrong"],
  ["stop!", "stop", ""],
  ["help, please", "help", ""],
  ["fixed: the total", "help", "fixed: the total"],
  ["fix:the total", "help", "fix:the total"],
] as const)("%j is %s", ([written, name, text], { expect }) => {
  expect(parseWords(written)).toEqual({ name, text });
});
