import { it } from "vitest";
import { createLimitedSuggest } from "./limit-suggest.ts";

it("suggests nothing to one who asks too often, and what fits to everybody else", async ({ expect }) => {
  const keys: string[] = [];
  const limiter = {
    limit: async ({ key }: RateLimitOptions) => {
      keys.push(key);
      return { success: key !== "discord:7:1" };
    },
  };
  const asked: string[] = [];
  const suggest = createLimitedSuggest(limiter, async ({ userId }) => {
    asked.push(userId);
    return [{ name: "BUG-12 The total is wrong", value: "BUG-12" }];
  });
  const typed = { kind: "issue" as const, typed: "tot", workspace: "7" };
  expect(await suggest({ ...typed, userId: "1" })).toEqual([]);
  expect(await suggest({ ...typed, userId: "2" })).toHaveLength(1);
  expect(asked, "the consumer is not asked for the first").toEqual(["2"]);
  expect(keys).toEqual(["discord:7:1", "discord:7:2"]);
});
