import { afterEach, beforeEach, it, vi } from "vitest";
import { inDirectMessage, inGuild, nowMs, slash } from "./interaction-samples.ts";
import { createParse } from "./parse-interaction.ts";
import type { Suggest, Typed } from "./suggest-choices.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const typing = slash("fix", [
  { name: "text", value: "the total" },
  { name: "issue", value: "tot", focused: true },
]);

async function choices(suggest: Suggest, interaction: object = inGuild(4, typing)): Promise<unknown> {
  const incoming = await createParse(suggest)(JSON.stringify(interaction), nowMs);
  if (incoming.kind !== "answer" || !incoming.answer || !("json" in incoming.answer)) throw new Error(incoming.kind);
  return incoming.answer.json;
}
const answer = (...found: { name: string; value: string }[]) => ({ type: 8, data: { choices: found } });
const issue = { name: "BUG-12 The total is wrong", value: "BUG-12" };

it("suggests what fits the words typed in the focused option", async ({ expect }) => {
  const asked: Typed[] = [];
  const suggest: Suggest = async (typed) => {
    asked.push(typed);
    return [issue];
  };
  expect(await choices(suggest)).toEqual(answer(issue));
  const repo = slash("contextualize", [{ name: "repo", value: "", focused: true }], "bm");
  await choices(suggest, inDirectMessage(4, repo));
  expect(asked).toEqual([
    { kind: "issue", typed: "tot", workspace: "1345046958481346613", userId: expect.any(String) },
    { kind: "repo", typed: "", workspace: "@me", userId: expect.any(String) },
  ]);
  expect(vi.getTimerCount(), "no timer is left running").toBe(0);
});

it("suggests nothing when the answer takes too long", async ({ expect }) => {
  const late = choices(() => new Promise(() => undefined));
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await late).toEqual(answer());
});

it.for<[string, Suggest]>([
  ["fails", () => Promise.reject(new Error("Linear is down"))],
  [
    "fails at once",
    () => {
      throw new Error("Linear is off");
    },
  ],
])("suggests nothing when the search %s", async ([, suggest], { expect }) => {
  expect(await choices(suggest)).toEqual(answer());
});

it("keeps to what Discord takes: 25 choices of 100 characters", async ({ expect }) => {
  const many = Array.from({ length: 40 }, (_, index) => ({ name: `shop ${index}`, value: `acme/shop-${index}` }));
  expect(await choices(async () => many)).toEqual(answer(...many.slice(0, 25)));

  const odd = [
    { name: `${"x".repeat(98)}👀👀`, value: "BUG-1" },
    { name: " ", value: "BUG-2" },
    { name: "no value", value: "" },
    { name: "a value that would have to be cut", value: "x".repeat(101) },
  ];
  expect(await choices(async () => odd)).toEqual(answer({ name: `${"x".repeat(98)}…`, value: "BUG-1" }));
});

it.for<[string, object]>([
  ["an option nobody has to guess", slash("fix", [{ name: "text", value: "t", focused: true }])],
  ["no focused option", slash("fix", [{ name: "issue", value: "t" }])],
  ["no options", { name: "bugbot", type: 1 }],
])("suggests nothing for %s, and searches for nothing", async ([, data], { expect }) => {
  const unexpected: Suggest = async () => [issue];
  expect(await choices(unexpected, inGuild(4, data))).toEqual(answer());
});
