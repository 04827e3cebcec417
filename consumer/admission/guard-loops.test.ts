import { env } from "cloudflare:workers";
import { beforeEach, describe, it } from "vitest";
import type { Command } from "../../shared/command.ts";
import { Failure } from "../../shared/failure.ts";
import { guardLoops } from "./guard-loops.ts";
import { createAutomation } from "../stores/automation.ts";
import { createConversations } from "../stores/conversations.ts";
import { emptyDatabase } from "../stores/test-database.ts";

const minuteMs = 60_000;
const begin = Date.UTC(2026, 10, 1, 12, 0);

beforeEach(async () => void (await emptyDatabase()));

interface Asks {
  id: string;
  minute: number;
  thread?: string;
  issue?: string;
  bot?: boolean;
}

/** What the guard says to a command, and how often it was asked to run. */
async function says({ id, minute, thread = "1.1", issue, bot = true }: Asks, mapped: string | null = null) {
  const command: Command = {
    v: 1,
    id,
    name: "fix",
    text: "it",
    conversation: { platform: "slack", teamId: "T1", channelId: "C1", threadId: thread, messageId: id },
    author: { id: "B1", ...(bot && { bot }) },
    references: { ...(issue && { linearIssueId: issue }) },
    receivedAt: 1,
  };
  try {
    await guardLoops(command, {
      effect: (_name, run) => run(false),
      automation: createAutomation(env.DB),
      threadIssues: { find: async () => mapped, save: async () => undefined },
      now: () => begin + minute * minuteMs,
    });
    return "goes on";
  } catch (error) {
    return error instanceof Failure ? error.reply : error;
  }
}

describe("what other bots ask in one thread", () => {
  it("is refused once after three times, then passed over until the hour is over", async ({ expect }) => {
    for (const minute of [0, 10, 20]) expect(await says({ id: `a${minute}`, minute })).toBe("goes on");
    expect(await says({ id: "b", minute: 30 })).toMatch(/asked me 3 times within an hour in this thread.*13:00 UTC/);
    expect(await says({ id: "c", minute: 40 })).toBe("");
    expect(await says({ id: "d", minute: 59 })).toBe("");
    expect(await says({ id: "other", minute: 59, thread: "2.2" })).toBe("goes on");
    expect(await says({ id: "person", minute: 59, bot: false })).toBe("goes on");
    for (const minute of [60, 61, 62]) expect(await says({ id: `e${minute}`, minute })).toBe("goes on");
    expect(await says({ id: "f", minute: 63 })).toMatch(/14:00 UTC/);
  });

  it("is answered again at the very minute that the refusal named", async ({ expect }) => {
    for (const minute of [0.5, 1, 2]) expect(await says({ id: `a${minute}`, minute })).toBe("goes on");
    expect(await says({ id: "b", minute: 3 })).toMatch(/no more until 13:01 UTC\./);
    expect(await says({ id: "c", minute: 60 })).toBe("");
    expect(await says({ id: "d", minute: 61 })).toBe("goes on");
  });

  it("counts once however often it is counted", async ({ expect }) => {
    for (let time = 0; time < 9; time++) expect(await says({ id: "a", minute: time })).toBe("goes on");
    expect(await says({ id: "b", minute: 10 })).toBe("goes on");
  });
});

describe("what other bots ask about one issue", () => {
  it("counts in every thread", async ({ expect }) => {
    for (const at of [1, 2, 3])
      expect(await says({ id: `a${at}`, minute: at, thread: `${at}.1`, issue: "BUG-1" })).toBe("goes on");
    expect(await says({ id: "b", minute: 4, thread: "4.1", issue: "bug-1" })).toMatch(/about BUG-1/);
    expect(await says({ id: "c", minute: 5, thread: "5.1", issue: "BUG-2" })).toBe("goes on");
  });

  it("counts where only the thread says which issue it is", async ({ expect }) => {
    const conversations = createConversations(env.DB);
    const issue = { id: "uuid-1", identifier: "BUG-1", url: "https://linear.test/BUG-1" };
    await says({ id: "before", minute: 0 });
    await conversations.remember("slack:T1:C1:1.1", { issue, repository: "acme/shop", branch: "b" }, begin);
    expect(await says({ id: "same", minute: 1 })).toBe("goes on");
    expect(await says({ id: "mapped", minute: 2, thread: "9.9" }, "uuid-1")).toBe("goes on");
    expect(await says({ id: "last", minute: 3 })).toMatch(/about BUG-1/);
  });
});
