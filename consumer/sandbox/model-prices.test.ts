import { it } from "vitest";
import { costOf, worstCostOf } from "./model-prices.ts";

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

it("a question is never put aside at less than it can cost", ({ expect }) => {
  const likely = { input: 300, write5m: 0, write1h: 0, read: 0, output: 1_000 };
  expect(worstCostOf("claude-sonnet-5-5", 1_200, 1_000)).toBeGreaterThan(costOf("claude-sonnet-5-5", likely));
});
