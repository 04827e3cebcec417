import { env } from "cloudflare:workers";
import { beforeEach, describe, it } from "vitest";
import type { Command } from "../../shared/command.ts";
import { Failure } from "../../shared/failure.ts";
import { readSettings } from "../../shared/settings.ts";
import { keepLimits } from "./keep-limits.ts";
import { createAdmissions } from "../stores/admissions.ts";
import { createCommands } from "../stores/commands.ts";
import { emptyDatabase, testCommand } from "../stores/test-database.ts";

const minuteMs = 60_000;
const begin = Date.UTC(2026, 10, 1, 12, 0);
const settings = readSettings({ BUGBOT_OPERATORS: "U9", BUGBOT_MAX_RUNNING: "3", BUGBOT_MAX_MINUTES: "30" });

beforeEach(async () => void (await emptyDatabase()));

interface Asks {
  id: string;
  minute: number;
  user?: string;
  team?: string;
  thread?: string;
  name?: Command["name"];
  stage?: "first" | "late";
}

function commandOf({ id, user = "U1", team = "T1", thread = id, name = "fix", minute }: Asks): Command {
  const conversation = { platform: "slack" as const, teamId: team, channelId: "C1", threadId: thread, messageId: id };
  return { ...testCommand(id), name, conversation, author: { id: user }, receivedAt: begin + minute * minuteMs };
}

/** What a command hears: nothing when it goes on. */
async function says(asks: Asks): Promise<unknown> {
  try {
    await keepLimits(commandOf(asks), asks.stage ?? "first", {
      effect: (_name, run) => run(false),
      admissions: createAdmissions(env.DB),
      commands: createCommands(env.DB),
      settings,
      now: () => begin + asks.minute * minuteMs,
    });
    return "goes on";
  } catch (error) {
    return error instanceof Failure ? error.reply : error;
  }
}

/** A command that is let in, and ends. */
async function ends(asks: Asks): Promise<unknown> {
  const said = await says(asks);
  const ending = { outcome: "succeeded" as const, reply: "✅" };
  await createCommands(env.DB).settle(commandOf(asks), { ending, endedBy: "workflow" }, begin);
  return said;
}

describe("what one person asks for", () => {
  it("is refused from the sixth within a quarter of an hour, until the first is that old", async ({ expect }) => {
    for (const minute of [0, 1, 2, 3, 4]) expect(await ends({ id: `a${minute}`, minute })).toBe("goes on");
    expect(await ends({ id: "b", minute: 5 })).toMatch(/5 times within 15 minutes.*in 10 minutes \(12:15 UTC\)/);
    expect(await ends({ id: "c", minute: 14.5 })).toMatch(/in 1 minute \(/);
    expect(await ends({ id: "d", minute: 15 })).toBe("goes on");
    expect(await ends({ id: "e", minute: 15.5 })).toMatch(/in 1 minute \(/);
  });

  it("is let in again at the very minute that the refusal named", async ({ expect }) => {
    for (const minute of [0.75, 1, 2, 3, 4]) expect(await ends({ id: `a${minute}`, minute })).toBe("goes on");
    expect(await ends({ id: "b", minute: 5.5 })).toMatch(/in 11 minutes \(12:16 UTC\)/);
    expect(await ends({ id: "c", minute: 15.5 })).toMatch(/Try again/);
    expect(await ends({ id: "d", minute: 16 })).toBe("goes on");
  });

  it("counts once however often it is delivered, and not when it was refused", async ({ expect }) => {
    for (let time = 0; time < 9; time++) expect(await says({ id: "a", minute: 0 })).toBe("goes on");
    for (const id of ["b", "c", "d", "e"]) expect(await ends({ id, minute: 1 })).toBe("goes on");
    for (const id of ["f", "g", "h"]) expect(await ends({ id, minute: 2 })).toMatch(/Try again/);
    expect(await says({ id: "a", minute: 3 })).toBe("goes on");
    expect(await ends({ id: "i", minute: 15 })).toBe("goes on");
  });

  it("counts alone: other people, other workspaces, questions and operators go on", async ({ expect }) => {
    for (const id of ["a", "b", "c", "d", "e"]) await ends({ id, minute: 0 });
    expect(await says({ id: "full", minute: 1 })).toMatch(/Try again/);
    expect(await says({ id: "other", minute: 1, user: "U2" })).toBe("goes on");
    expect(await says({ id: "elsewhere", minute: 1, team: "T2" })).toBe("goes on");
    for (const name of ["status", "stop", "help"] as const)
      expect(await says({ id: name, minute: 1, name })).toBe("goes on");
    for (let time = 0; time < 9; time++) expect(await says({ id: `op${time}`, minute: 1, user: "U9" })).toBe("goes on");
    expect(await says({ id: "retry-0123", minute: 1 })).toBe("goes on");
    expect(await says({ id: "replay-0123", minute: 1 })).toBe("goes on");
  });
});

describe("what runs in one workspace", () => {
  it("is no more than BUGBOT_MAX_RUNNING, whoever asks at the same moment", async ({ expect }) => {
    const all = await Promise.all(
      Array.from({ length: 9 }, (_, number) => says({ id: `a${number}`, minute: 0, user: `U1${number}` })),
    );
    expect(all.filter((said) => said === "goes on")).toHaveLength(3);
    expect(all.filter((said) => said !== "goes on")).toEqual(
      Array.from({ length: 6 }, () =>
        expect.stringMatching(/at once \(3\).*in 47 minutes \(12:47 UTC\) at the latest/),
      ),
    );
  });

  it("makes room when something ends", async ({ expect }) => {
    for (const user of ["U2", "U3", "U4"]) await says({ id: `by${user}`, minute: 0, user });
    expect(await says({ id: "a", minute: 1 })).toMatch(/Try again/);
    await ends({ id: "byU3", minute: 1, user: "U3" });
    expect(await says({ id: "a", minute: 2 })).toBe("goes on");
  });
});

it("goes on counting what runs for more than a day, from when it began after its approval", async ({ expect }) => {
  const commands = createCommands(env.DB);
  for (const user of ["U2", "U3", "U4"]) {
    const asks = { id: `by${user}`, minute: 0, user };
    await says(asks);
    await commands.receive(commandOf(asks), begin);
    await createAdmissions(env.DB).begin(asks.id, begin + 20 * 60 * minuteMs);
  }
  expect(await says({ id: "a", minute: 20 * 60 })).toMatch(/in 47 minutes \(08:47 UTC\) at the latest/);
  expect(await says({ id: "b", minute: 25 * 60 })).toMatch(/Try again/);
  await ends({ id: "byU3", minute: 25 * 60, user: "U3" });
  expect(await says({ id: "a", minute: 25 * 60 })).toBe("goes on");
});

it("does not count what waits for approval as running", async ({ expect }) => {
  for (const user of ["U2", "U3", "U4"]) await says({ id: `by${user}`, minute: 0, user });
  expect(await says({ id: "a", minute: 1 })).toMatch(/Try again/);
  await env.DB.prepare(
    "INSERT INTO approvals (command_id, conversation_id, plan, expires_at) VALUES ('byU3', 'slack:T1:C1:1.1', 'p', 1)",
  ).run();
  expect(await says({ id: "a", minute: 1 })).toBe("goes on");
});

describe("words for a run that is under way in their thread", () => {
  it("are no work of their own, unless they do not reach it", async ({ expect }) => {
    const run: Asks = { id: "run", minute: 0, thread: "1.1" };
    await says(run);
    await createCommands(env.DB).admit(commandOf(run), begin);
    for (let time = 0; time < 9; time++)
      expect(await says({ id: `words${time}`, minute: 1, thread: "1.1" })).toBe("goes on");
    expect(await env.DB.prepare("SELECT count(*) AS n FROM admissions").first("n")).toBe(1);
    for (const id of ["a", "b", "c", "d"]) await ends({ id, minute: 1 });
    expect(await says({ id: "words", minute: 1, thread: "1.1" })).toBe("goes on");
    expect(await says({ id: "words", minute: 1, thread: "1.1", stage: "late" })).toMatch(/Try again/);
  });
});
