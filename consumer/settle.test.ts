import { beforeEach, it } from "vitest";
import { readSettings } from "../shared/settings.ts";
import type { Effect } from "./effect.ts";
import type { Ending } from "./endings/ending.ts";
import { createStatusMessage } from "./replies/status-message.ts";
import { testReplies } from "./replies/test-replies.ts";
import { settle } from "./settle.ts";
import { createAudit } from "./stores/audit.ts";
import { createCommands } from "./stores/commands.ts";
import { createConversations } from "./stores/conversations.ts";
import { createDeadLetters } from "./stores/dead-letters.ts";
import { createLastWords } from "./stores/last-words.ts";
import { emptyDatabase, testCommand } from "./stores/test-database.ts";

let db: D1Database;
beforeEach(async () => {
  db = await emptyDatabase();
});

it("says no second last word for a command that the watchdog ended while D1 did not answer its Workflow", async ({
  expect,
}) => {
  const command = testCommand("a");
  const commands = createCommands(db);
  const lastWords = createLastWords(db);
  const { replies, said } = testReplies();
  const logs: string[] = [];
  const counted: string[] = [];
  const effect: Effect = async (name, run) => {
    if (name === "settle") throw new Error("D1_ERROR");
    return run(false);
  };
  const status = createStatusMessage(command, {
    replies: {
      ...replies,
      post: async (...given) => {
        const ending: Ending = { outcome: "timed_out", reply: "⏳ It took longer than it may." };
        await commands.settle(command, { ending, endedBy: "watchdog" }, 5);
        return replies.post(...given);
      },
    },
    effect,
    remember: async () => undefined,
    reach: async () => undefined,
  });
  const ending: Ending = { outcome: "succeeded", reply: "✅ done" };
  const settled = await settle(command, ending, {
    effect,
    status,
    errors: [],
    commands,
    conversations: createConversations(db),
    lastWords,
    deadLetters: createDeadLetters(db),
    sendDead: async () => undefined,
    record: createAudit({ db, now: () => 7, later: () => undefined }).record,
    metrics: { commandEnded: (_command, { outcome }) => void counted.push(outcome) },
    settings: readSettings({}),
    log: (event) => void logs.push(event),
    now: () => 7,
  });
  expect(settled).toMatchObject({ recorded: true, said: true });
  expect(said.map(({ text }) => text)).toEqual(["✅ done"]);
  expect(await lastWords.take("slack", 5, 100), "nothing is owed any more").toEqual([]);
  expect(await db.prepare("SELECT outcome, ended_by FROM commands").first()).toEqual({
    outcome: "timed_out",
    ended_by: "watchdog",
  });
  expect(logs).toContain("command_ended_elsewhere");
  expect(counted, "the watchdog counts it").toEqual([]);
  expect(await db.prepare("SELECT count(*) AS n FROM audit").first("n")).toBe(0);
});
