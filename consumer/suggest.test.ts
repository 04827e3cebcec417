import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { suggestLinearMs } from "../shared/limits.ts";
import { readSettings } from "../shared/settings.ts";
import { createConversations } from "./stores/conversations.ts";
import { emptyDatabase } from "./stores/test-database.ts";
import { suggest, type SuggestNeeds } from "./suggest.ts";

const settings = readSettings({
  BUGBOT_ALLOWED_WORKSPACES: "G1,G2",
  BUGBOT_ALLOWED_REPOS: "acme/shop,acme/web,other/*",
});
const none: SuggestNeeds["linear"] = { openIssues: async () => [] };

beforeEach(async () => {
  await emptyDatabase();
  const conversations = createConversations(env.DB);
  const issue = (number: number) => ({ id: `id-${number}`, identifier: `BUG-${number}`, url: "https://linear.app" });
  const branch = "bugbot/x";
  await conversations.remember("discord:G1:1", { issue: issue(7), repository: "acme/web", branch }, 1);
  await conversations.remember("discord:G1:2", { issue: issue(8), repository: "gone/repo", branch }, 2);
  await conversations.remember("discord:G2:3", { issue: issue(9), repository: "other/app", branch }, 3);
});
afterEach(() => vi.useRealTimers());

const ask = (kind: "repo" | "issue", typed: string, linear: SuggestNeeds["linear"] = none, workspace = "G1") =>
  suggest(kind, typed, workspace, { db: env.DB, linear, settings });

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

  it("are the workspace's own when Linear is slow", async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const found = ask("issue", "8", { openIssues: () => new Promise(() => undefined) });
    await vi.advanceTimersByTimeAsync(suggestLinearMs);
    expect(await found).toEqual([{ name: "BUG-8", value: "BUG-8" }]);
  });

  it.for<[string, SuggestNeeds["linear"]]>([
    ["down", { openIssues: () => Promise.reject(new Error("down")) }],
    ["off", undefined],
  ])("are the workspace's own when Linear is %s", async ([, linear], { expect }) => {
    expect(await ask("issue", "8", linear)).toEqual([{ name: "BUG-8", value: "BUG-8" }]);
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
