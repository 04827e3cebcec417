import { it } from "vitest";
import { costOf, noTokens, outputFor } from "./model-prices.ts";

const tokens = { input: 1_000, write5m: 2_000, write1h: 3_000, read: 10_000, output: 500 };

it.for([
  ["claude-sonnet-5-5", 2_000 + 5_000 + 12_000 + 1_000 + 5_000],
  ["claude-sonnet-4-5-20250929", 3_000 + 7_500 + 18_000 + 3_000 + 7_500],
  ["claude-opus-5-5", 4_000 + 10_000 + 24_000 + 2_000 + 10_000],
  ["claude-opus-4-8", 5_000 + 12_500 + 30_000 + 5_000 + 12_500],
  ["claude-opus-4-1-20250805", 15_000 + 37_500 + 90_000 + 15_000 + 37_500],
  ["claude-haiku-4-5", 1_000 + 2_500 + 6_000 + 1_000 + 2_500],
  ["claude-haiku-5-5", 100 + 250 + 600 + 100 + 250],
  ["claude-sonnet-9", 3_000 + 7_500 + 18_000 + 3_000 + 7_500],
  ["claude-opus-9", 15_000 + 37_500 + 90_000 + 15_000 + 37_500],
] as const)(
  "%s is charged by its own price, what is not listed by the family's dearest",
  ([model, cost], { expect }) => {
    expect(costOf(model, tokens)).toBe(cost);
  },
);

it("a long prompt is charged by the price of long ones, its answer included", ({ expect }) => {
  expect(costOf("claude-haiku-5-5", { ...tokens, read: 100_000 })).toBe(500 + 1_250 + 3_000 + 5_000 + 1_250);
});

it.for(["claude-sonnet-5-5", "claude-haiku-5-5", "claude-opus-9"])(
  "%s writes no more than is paid for",
  (model, { expect }) => {
    const prompt = { ...noTokens, input: 120_000 };
    const budget = costOf(model, { ...prompt, output: 5_000 });
    const output = outputFor(model, prompt, budget);
    expect(costOf(model, { ...prompt, output })).toBeLessThanOrEqual(budget);
    expect(output).toBeGreaterThanOrEqual(4_999);
    expect(outputFor(model, prompt, 1)).toBe(0);
  },
);
