import { env } from "cloudflare:workers";
import { beforeEach, describe, it } from "vitest";
import { Failure } from "../../shared/failure.ts";
import { asItIs } from "../../shared/redact.ts";
import { readSettings } from "../../shared/settings.ts";
import type { GitHub } from "../clients/github.ts";
import { createAudit } from "../stores/audit.ts";
import { createCheckpoints } from "../stores/checkpoints.ts";
import { createCommands } from "../stores/commands.ts";
import { createConversations } from "../stores/conversations.ts";
import { createLeases } from "../stores/leases.ts";
import { emptyDatabase, testCommand } from "../stores/test-database.ts";
import { recordGitHub, type Recorded } from "./github-recorder.ts";
import { leaveBranch } from "./leave-branch.ts";
import { lookAtBranch } from "./look-at-branch.ts";
import { takeBack } from "./take-back.ts";
import { takeBackLate } from "./take-back-late.ts";

const minute = 60_000;
const repository = "acme/shop";
const branch = "bugbot/bug-1";
const run = { commandId: "a", conversation: "slack:T1:C1:1.1", repository, branch, headBefore: "old" };
const away = () => Promise.reject(new Failure("github_down", { reply: "GitHub is away.", retry: true }));
let db: D1Database;
beforeEach(async () => {
  db = await emptyDatabase();
});

/** Command `a` has pushed `pushes` onto a branch that stood at `old`, and has ended unless it `isRunning`. */
async function setUp(recorded: Recorded, { pushes = ["bad"], isRunning = false, ...broken }: Setting = {}) {
  const { github: whole, calls, names } = recordGitHub(recorded);
  const github = { ...whole, ...broken };
  const clock = { now: 0 };
  const commands = createCommands(db);
  const conversations = createConversations(db);
  const leases = createLeases(db);
  const command = testCommand("a");
  await commands.admit(command, 0);
  const terms = { repository, branch, headBefore: "old", models: [], expiresAt: minute, maxUsd: 5 };
  const leaseId = await leases.open("a", terms, { workspace: "slack:T1", author: "slack:U1" }, 0);
  for (const commit of pushes) await leases.notePush(leaseId, commit, 0);
  if (!isRunning)
    await commands.settle(
      command,
      { ending: { outcome: "failed", reply: "x" }, button: undefined, endedBy: "workflow" },
      0,
    );
  const logs: string[] = [];
  const needs = {
    github,
    conversations,
    leases,
    checkpoints: createCheckpoints(env.CHECKPOINTS, { key: undefined, ttlDays: 30, now: () => clock.now }),
    record: createAudit({ db, now: () => clock.now, later: () => undefined }).record,
    settings: readSettings({ BUGBOT_ALLOWED_PATHS: "src/**" }),
    redact: asItIs,
    log: (event: string) => void logs.push(event),
    now: () => clock.now,
  };
  const lateAt = async (nowMs: number) => {
    clock.now = nowMs;
    await takeBackLate(needs);
    return names();
  };
  const moves = () => calls.filter(([name]) => name === "moveBranch").map((call) => call.slice(3));
  const unjudged = async () => (await leases.unjudgedOn(repository, branch)).length;
  return { needs, leases, leaseId, logs, lateAt, moves, unjudged };
}
type Setting = { pushes?: string[]; isRunning?: boolean } & Partial<GitHub>;

describe("what a run pushed and nobody could judge", () => {
  it.for<[string, Recorded, Setting, string, unknown[][]]>([
    ["is taken back where it stands", { head: "bad" }, {}, "taken_back", [["bad", "old"]]],
    ["is left where somebody else has pushed", { head: "theirs" }, {}, "covered", []],
    ["has not landed where the branch is at its beginning", { head: "old" }, {}, "absent", []],
    ["is nothing where nothing was pushed", { head: "theirs" }, { pushes: [] }, "absent", []],
    [
      "is taken back though nobody can say where the branch stands",
      {},
      { branchHead: away, pushes: ["bad"] },
      "taken_back",
      [["bad", "old"]],
    ],
  ])("%s", async ([, recorded, setting, returned, moves], { expect }) => {
    const world = await setUp(recorded, setting);
    expect(await takeBack(run, world.needs)).toBe(returned);
    expect(world.moves()).toEqual(moves);
  });
});

describe("a run that is about to begin on a branch", () => {
  const ask = { commandId: "b", repository, branch };

  it("finds it as it was before a push that nobody has judged", async ({ expect }) => {
    const heads = ["bad", "bad", "old"];
    const world = await setUp({}, { branchHead: async () => heads.shift() ?? null });
    expect(await lookAtBranch(ask, world.needs)).toBe("old");
    expect(world.moves()).toEqual([["bad", "old"]]);
  });

  it("takes what was judged as it is", async ({ expect }) => {
    const world = await setUp({ head: "bad" });
    await world.leases.judged("a");
    expect(await lookAtBranch(ask, world.needs)).toBe("bad");
    expect(world.moves()).toEqual([]);
  });

  it("waits while another command's push is being judged", async ({ expect }) => {
    const world = await setUp({ head: "bad" }, { isRunning: true });
    await expect(lookAtBranch(ask, world.needs)).rejects.toMatchObject({ code: "branch_busy", retry: true });
    expect(world.moves()).toEqual([]);
  });

  it("does not begin where the push cannot be taken back, and names the branch", async ({ expect }) => {
    const world = await setUp({ head: "bad" }, { moveBranch: away });
    await expect(lookAtBranch(ask, world.needs)).rejects.toMatchObject({
      reply: expect.stringMatching(/^GitHub is away\.[^]*`bugbot\/bug-1` in acme\/shop[^]*begin nothing there/),
      retry: true,
    });
  });
});

describe("the watchdog", () => {
  it("takes back what could not be taken back before, and what lands after its run", async ({ expect }) => {
    let head = "old";
    const world = await setUp({}, { branchHead: async () => head });
    await world.lateAt(minute);
    expect(world.moves()).toEqual([]);
    head = "bad";
    await world.lateAt(2 * minute);
    expect(world.moves()).toEqual([["bad", "old"]]);
    expect(world.logs).toEqual(["push_taken_back"]);
  });

  it("tries again ever later while GitHub is away, and never gives up", async ({ expect }) => {
    const world = await setUp({ head: "bad" }, { moveBranch: away });
    const looks = [];
    for (let at = 0; at < 300; at++) {
      const before = world.logs.length;
      await world.lateAt(at * minute);
      if (world.logs.length > before) looks.push(at);
    }
    expect(looks).toEqual([0, 1, 2, 4, 8, 16, 32, 64, 124, 184, 244]);
    expect(await world.unjudged()).toBe(1);
  });

  it("looks no more where nothing can land any more, until it is pushed again", async ({ expect }) => {
    const world = await setUp({ head: "old" });
    await world.lateAt(9 * minute);
    expect(await world.unjudged()).toBe(1);
    await world.lateAt(20 * minute);
    expect(await world.unjudged()).toBe(0);
    await world.leases.notePush(world.leaseId, "bad", 21 * minute);
    expect(await world.unjudged()).toBe(1);
  });

  it("leaves what a command that goes on has pushed", async ({ expect }) => {
    const world = await setUp({ head: "bad" }, { isRunning: true });
    expect(await world.lateAt(60 * minute)).toEqual([]);
  });

  it.for<[string, Partial<GitHub>]>([
    ["the comparison cannot be had", { compare: away }],
    ["the repository cannot be seen", { repository: away }],
  ])(
    "takes back what a lost run left in an open pull request where %s, and says so",
    async ([, broken], { expect }) => {
      const open = { number: 3, url: "https://github.com/acme/shop/pull/3", draft: false, nodeId: "PR_1", body: "" };
      const found = { name: repository, defaultBranch: "main", head: "main" };
      const given = { repository: async () => found, ...broken };
      const world = await setUp({ head: "bad", open }, { isRunning: true, ...given });
      const lease = await world.leases.findOf("a");
      if (!lease) throw new Error("there is no lease");
      const { words } = await leaveBranch(lease, run.conversation, world.needs);
      expect(words).toMatch(/^GitHub is away\. [^]*`bugbot\/bug-1` in acme\/shop, so it is taken back\./);
      expect(world.moves()).toEqual([["bad", "old"]]);
    },
  );
});
