import { env } from "cloudflare:workers";
import { beforeEach, describe, it } from "vitest";
import type { Command } from "../../shared/command.ts";
import forAsker from "../migrations/0028_for_asker.sql?raw";
import { createCommands } from "./commands.ts";
import { splitStatements } from "./split-statements.ts";
import { emptyDatabase, testCommand } from "./test-database.ts";

beforeEach(async () => {
  await emptyDatabase();
});

it("is not admitted once it has ended", async ({ expect }) => {
  const commands = createCommands(env.DB);
  expect(await commands.admit(testCommand("a"), 1)).toBe(true);
  expect(await commands.admit(testCommand("a"), 2)).toBe(true);
  const ending = { outcome: "failed" as const, reply: "❌ I could not begin with this." };
  await commands.settle(testCommand("a"), { ending, endedBy: "queue" }, 3);
  expect(await commands.admit(testCommand("a"), 4)).toBe(false);
});

it("is for its asker alone where an earlier version kept a question that no message asked", async ({ expect }) => {
  const { threadId: _, messageId: __, ...channel } = { threadId: "", messageId: "", ...testCommand("a").conversation };
  const discord = { platform: "discord" as const, guildId: "7", channelId: "8", threadId: "9" };
  const old: Command[] = [
    { ...testCommand("slash"), name: "status", conversation: channel },
    { ...testCommand("inThread"), name: "status", conversation: discord },
    { ...testCommand("mention"), name: "status" },
    { ...testCommand("session"), name: "stop", conversation: { ...channel, threadId: "1.1" } },
    { ...testCommand("work"), conversation: channel },
  ];
  const commands = createCommands(env.DB);
  for (const command of old) await commands.receive(command, 1);
  await env.DB.batch(splitStatements(forAsker).map((statement) => env.DB.prepare(statement)));
  const found = await Promise.all(
    old.map(async ({ id }) => JSON.parse((await commands.body(id)) ?? "").forAsker ?? false),
  );
  expect(found).toEqual([true, true, false, false, false]);
});

it("has told a pull request once a command of its thread has succeeded with it", async ({ expect }) => {
  const commands = createCommands(env.DB);
  const pullRequestUrl = "https://github.com/acme/shop/pull/7";
  const end = async (id: string, outcome: "failed" | "succeeded") => {
    const ending = { outcome, reply: "words", pullRequestUrl };
    await commands.settle(testCommand(id), { ending, endedBy: "workflow" }, 1);
    return commands.hasTold("slack:T1:C1:1.1", pullRequestUrl);
  };
  expect(await end("a", "failed")).toBe(false);
  expect(await end("b", "succeeded")).toBe(true);
  expect(await commands.hasTold("slack:T1:C1:2.2", pullRequestUrl)).toBe(false);
});

describe("a stop in the thread of a command that it overtook", () => {
  const slack = (threadId?: string): Command["conversation"] => ({
    platform: "slack",
    teamId: "T1",
    channelId: "C1",
    messageId: "1.1",
    ...(threadId !== undefined && { threadId }),
  });
  const stopFrom = (conversation: Command["conversation"]): Command => ({
    ...testCommand("stop"),
    name: "stop",
    text: "",
    conversation,
    receivedAt: 2,
  });

  it.for<[string, Command, boolean]>([
    ["is heard", stopFrom(slack("1.1")), true],
    ["that is a ❌ on its first message is not", stopFrom(slack()), false],
  ])("%s", async ([, stop, isHeard], { expect }) => {
    const commands = createCommands(env.DB);
    await commands.receive(stop, 3);
    await commands.receive(testCommand("a"), 4);
    expect(await commands.stopRequested("a")).toBe(isHeard);
  });

  it("and was refused is not, nor does it matter what another version kept", async ({ expect }) => {
    const commands = createCommands(env.DB);
    const stop = stopFrom(slack("1.1"));
    await commands.receive(stop, 3);
    await commands.receive({ ...stop, id: "other" }, 3, '{"not json');
    await commands.receive(testCommand("a"), 4);
    const ending = { outcome: "refused" as const, reply: "" };
    await commands.settle(stop, { ending, endedBy: "workflow" }, 5);
    expect(await commands.stopRequested("a")).toBe(false);
  });

  it("in Discord is heard", async ({ expect }) => {
    const commands = createCommands(env.DB);
    const conversation = { platform: "discord" as const, guildId: "1", channelId: "2", threadId: "3" };
    await commands.receive(stopFrom(conversation), 3);
    await commands.receive({ ...testCommand("a"), conversation }, 4);
    expect(await commands.stopRequested("a")).toBe(true);
  });
});

it("lists what was asked in a thread, a channel or a workspace: what runs, then the newest", async ({ expect }) => {
  const commands = createCommands(env.DB);
  const asked = async (id: string, teamId: string, channelId: string, threadId: string, receivedAt: number) => {
    const conversation = { platform: "slack" as const, teamId, channelId, threadId };
    const command = { ...testCommand(id), conversation, receivedAt };
    await commands.receive(command, 1);
    return command;
  };
  await asked("runs", "T1", "C1", "1.1", 1);
  for (const command of [
    await asked("old", "T1", "C1", "1.1", 2),
    await asked("new", "T1", "C1", "1.1", 3),
    await asked("alike", "T1", "C1", "1.12", 4),
    await asked("beside", "T1", "C12", "1.1", 5),
    await asked("elsewhere", "T12", "C1", "1.1", 6),
  ]) {
    await commands.settle(command, { ending: { outcome: "failed", reply: "" }, endedBy: "workflow" }, 7);
  }
  const listed = async (scope: string) => (await commands.recent(scope, 9, "none")).map(({ id }) => id);
  expect(await listed("slack:T1:C1:1.1")).toEqual(["runs", "new", "old"]);
  expect(await listed("slack:T1:C1:")).toEqual(["runs", "alike", "new", "old"]);
  expect(await listed("slack:T1:")).toEqual(["runs", "beside", "alike", "new", "old"]);
});
