import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { suggestions } from "../shared/limits.ts";
import { readSettings } from "../shared/settings.ts";
import { createConversations } from "./stores/conversations.ts";
import { emptyDatabase } from "./stores/test-database.ts";
import { suggest, type SuggestNeeds } from "./suggest.ts";

const settings = readSettings({
  BUGBOT_ALLOWED_WORKSPACES: "G1,G2",
  BUGBOT_ALLOWED_REPOS: "acme/shop,acme/web,other/*",
  LINEAR_TEAM_KEY: "BUG",
  LINEAR_CHANNEL_TEAMS: "C1=WEB,C2=BUG",
});
const none: SuggestNeeds["linear"] = { openIssues: async () => [] };

beforeEach(async () => {
  nowMs = 1_000_000;
  kept = [];
  await emptyDatabase();
  const conversations = createConversations(env.DB);
  const issue = (number: number) => ({ id: `id-${number}`, identifier: `BUG-${number}`, url: "https://linear.app" });
  const branch = "bugbot/x";
  await conversations.remember("discord:G1:1", { issue: issue(7), repository: "acme/web", branch }, 1);
  await conversations.remember("discord:G1:2", { issue: issue(8), repository: "gone/repo", branch }, 2);
  await conversations.remember("discord:G2:3", { issue: issue(9), repository: "other/app", branch }, 3);
});
afterEach(() => vi.useRealTimers());

let nowMs = 0;
let kept: Promise<void>[] = [];
const later = (work: Promise<void>) => void kept.push(work);
function begin(kind: "repo" | "issue", typed: string, linear: SuggestNeeds["linear"] = none, workspace = "G1") {
  return suggest(kind, typed, workspace, { db: env.DB, linear, settings, now: () => nowMs, later });
}
const ask = async (...given: Parameters<typeof begin>) => {
  const found = await begin(...given);
  await Promise.all(kept);
  return found;
};

describe("issues", () => {
  it("are those of this workspace, then Linear's open ones, with their titles", async ({ expect }) => {
    const asked: string[] = [];
    const linear: SuggestNeeds["linear"] = {
      openIssues: async (typed) => {
        asked.push(typed);
        return [
          { identifier: "BUG-12", title: "The total is wrong" },
          { identifier: "BUG-8", title: "Codes count twice" },
        ];
      },
    };
    expect(await ask("issue", " BUG ", linear)).toEqual([
      { name: "BUG-8 Codes count twice", value: "BUG-8" },
      { name: "BUG-7", value: "BUG-7" },
      { name: "BUG-12 The total is wrong", value: "BUG-12" },
    ]);
    expect(asked).toEqual(["bug"]);
  });

  it("are the workspace's own when Linear is slow, and with what it said when the next letter comes", async ({
    expect,
  }) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const answer = Promise.withResolvers<{ identifier: string; title: string }[]>();
    const called = Promise.withResolvers<void>();
    const linear: SuggestNeeds["linear"] = {
      openIssues: () => {
        called.resolve();
        return answer.promise;
      },
    };
    const found = begin("issue", "8", linear);
    await called.promise;
    await vi.advanceTimersByTimeAsync(suggestions.timeoutMs);
    expect(await found).toEqual([{ name: "BUG-8", value: "BUG-8" }]);
    answer.resolve([{ identifier: "BUG-8", title: "Codes count twice" }]);
    await Promise.all(kept);
    expect(await ask("issue", "8", linear)).toEqual([{ name: "BUG-8 Codes count twice", value: "BUG-8" }]);
  });

  it.for<[string, SuggestNeeds["linear"]]>([
    ["down", { openIssues: () => Promise.reject(new Error("down")) }],
    ["off", undefined],
  ])("are the workspace's own when Linear is %s", async ([, linear], { expect }) => {
    expect(await ask("issue", "8", linear)).toEqual([{ name: "BUG-8", value: "BUG-8" }]);
  });
});

describe("somebody who types on", () => {
  const titles = ["The total is wrong", "The tone of the mail is wrong", "Codes count twice"];
  function createCounted() {
    const asked: string[] = [];
    const linear: SuggestNeeds["linear"] = {
      openIssues: async (typed, _limit, teamKeys) => {
        asked.push([typed, ...teamKeys].join(" of "));
        return titles
          .map((title, at) => ({ identifier: `BUG-${at + 20}`, title }))
          .filter(({ title }) => title.toLowerCase().includes(typed));
      },
    };
    return { asked, linear };
  }
  const words = (found: readonly { name: string }[]) => found.map(({ name }) => name);

  it("has Linear asked once a second, and is answered meanwhile from what it said to the first letters", async ({
    expect,
  }) => {
    const { asked, linear } = createCounted();
    const typed = "the total is wrong, and so it was yesterday and the day before";
    for (let length = 1; length <= 60; length++) {
      await ask("issue", typed.slice(0, length), linear);
      nowMs += 100;
    }
    expect(asked).toHaveLength(6);
    nowMs += suggestions.askEveryMs;
    await ask("issue", "the to", linear);
    expect(words(await ask("issue", "the tot", linear))).toEqual(["BUG-20 The total is wrong"]);
    expect(asked.slice(6)).toEqual(["the to of BUG of WEB"]);
  });

  it("is answered without Linear for a minute where the same was typed before, and then anew", async ({ expect }) => {
    const { asked, linear } = createCounted();
    const found = await ask("issue", "tone", linear);
    nowMs += suggestions.keptMs - 1;
    expect(await ask("issue", "tone", linear)).toEqual(found);
    expect(asked).toHaveLength(1);
    nowMs += 1;
    expect(await ask("issue", "tone", linear)).toEqual(found);
    expect(asked).toHaveLength(2);
  });

  it("takes no other workspace's turn", async ({ expect }) => {
    const { asked, linear } = createCounted();
    await ask("issue", "tone", linear);
    expect(words(await ask("issue", "tone", linear, "G2"))).toEqual(["BUG-21 The tone of the mail is wrong"]);
    expect(asked).toHaveLength(2);
  });

  it("has one of sixty letters asked for, that come all at once", async ({ expect }) => {
    const { asked, linear } = createCounted();
    await Promise.all(Array.from({ length: 60 }, (_, length) => ask("issue", "t".repeat(length), linear)));
    expect(asked).toHaveLength(1);
  });
});

describe("repositories", () => {
  it("are those that may be worked on, the latest first, and Linear is not asked", async ({ expect }) => {
    const unexpected: SuggestNeeds["linear"] = { openIssues: () => Promise.reject(new Error("asked")) };
    expect((await ask("repo", "", unexpected)).map(({ value }) => value)).toEqual(["acme/web", "acme/shop"]);
    expect(await ask("repo", "SHO")).toEqual([{ name: "acme/shop", value: "acme/shop" }]);
  });
});

it("suggests nothing to a workspace that is not allowed, and looks for nothing", async ({ expect }) => {
  let asked = 0;
  const linear: SuggestNeeds["linear"] = {
    openIssues: async () => {
      asked += 1;
      return [];
    },
  };
  expect(await ask("issue", "", linear, "G9")).toEqual([]);
  expect(asked).toBe(0);
});
