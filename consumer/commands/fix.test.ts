import { env } from "cloudflare:workers";
import { beforeEach, describe, it } from "vitest";
import { Failure } from "../../shared/failure.ts";
import { jobSchema, type Job } from "../../shared/job.ts";
import { defaultAllowedPaths, runLimits } from "../../shared/limits.ts";
import { readSettings } from "../../shared/settings.ts";
import type { Effect } from "../effect.ts";
import { createStatusMessage } from "../replies/status-message.ts";
import { testReplies } from "../replies/test-replies.ts";
import { recordGitHub } from "../sandbox/github-recorder.ts";
import { createSandbox } from "../sandbox/sandbox.ts";
import { emptyDatabase, testCommand } from "../stores/test-database.ts";
import { wire } from "../wire.ts";
import { fix } from "./fix.ts";

let db: D1Database;
beforeEach(async () => {
  db = await emptyDatabase();
});

const command = { ...testCommand("a"), text: "Apply twice counts twice", receivedAt: 1 };
const plans = () => db.prepare("SELECT plan FROM approvals").first<string>("plan");
const approve = async () =>
  db.prepare("UPDATE approvals SET decision = 'approved', decided_by = 'U2', decided_at = 1").run();

/** Carries the fix out as one version of bugbot, with its own settings, from what earlier ones recorded; one effect may fail. */
async function carryOut(
  records: Map<string, unknown>,
  variables: Record<string, string>,
  waitForEvent: () => unknown,
  failing?: { name: string; failure: Failure },
) {
  const settings = readSettings({
    BUGBOT_APPROVAL: "fix",
    BUGBOT_REPO: "acme/shop",
    BUGBOT_ALLOWED_REPOS: "acme/shop",
    ANTHROPIC_API_KEY: "key",
    ...variables,
  });
  const jobs: Job[] = [];
  const outcome = { kind: "no_change", summary: "Nothing.", usage: { costUsd: 0, turns: 1, durationMs: 1 } };
  const fetch = async (_conversation: string, path: string, init?: RequestInit) => {
    if (path === "/jobs") jobs.push(jobSchema.parse(await new Response(init?.body).json()));
    if (path.includes("/events"))
      return Response.json({ events: [{ seq: 1, at: 1, kind: "outcome", outcome }], done: true });
    return Response.json({}, { status: path === "/jobs" ? 202 : 404 });
  };
  const lend = async () => ({ modelUrl: "https://model.test", gitUrl: "https://git.test", registryUrl: () => "" });
  const effect: Effect = async (name, run) => {
    if (name === failing?.name) throw failing.failure;
    if (!records.has(name)) records.set(name, await run(false));
    return JSON.parse(JSON.stringify({ recorded: records.get(name) })).recorded;
  };
  const { replies } = testReplies();
  const { github } = recordGitHub({});
  const outside = wire(env);
  await outside.commands.admit(command, 1);
  const needs = {
    ...outside,
    settings,
    effect,
    errors: [],
    replies: () => replies,
    github: { ...github, repository: async (name: string) => ({ name, defaultBranch: "main", head: "abc" }) },
    sandbox: (conversation: string) => createSandbox({ lend, fetch }, conversation),
    status: createStatusMessage(command, {
      replies,
      effect,
      remember: async () => undefined,
      reach: async () => undefined,
    }),
    waitForEvent: async () => void (await waitForEvent()),
    later: () => undefined,
  };
  const ended = await fix(command, needs).then(
    ({ outcome: how }) => how,
    (error: unknown) => error,
  );
  return { ended, jobs };
}

describe("a fix whose run has ended", () => {
  it("has its branch judged though nobody can say whether it was to stop", async ({ expect }) => {
    const records = new Map<string, unknown>();
    const failure = new Failure("database_down", { reply: "", retry: true });
    const failing = { name: "stop asked before pull request", failure };
    const { ended } = await carryOut(records, { BUGBOT_APPROVAL: "" }, () => undefined, failing);
    expect(ended).toBe(failure);
    expect(records.has("judge branch")).toBe(true);
  });
});

const gone = new Error("another version was deployed");
const deploy = () => {
  throw gone;
};

describe("a fix that waits for its approval while another version is deployed", () => {
  it("is what was approved, whatever that version would have decided", async ({ expect }) => {
    const records = new Map<string, unknown>();
    const before = await carryOut(records, {}, deploy);
    expect(before).toMatchObject({ ended: gone, jobs: [] });
    const plan = await plans();
    await approve();

    const changed = {
      BUGBOT_VERIFY: "make check",
      BUGBOT_ALLOWED_PATHS: "**",
      BUGBOT_MODEL: "opus",
      BUGBOT_MAX_TURNS: "3",
      BUGBOT_APPROVAL: "",
    };
    const { ended, jobs } = await carryOut(records, changed, () => undefined);
    expect(ended).toBe("failed");
    expect(await plans()).toBe(plan);
    expect(jobs).toMatchObject([
      {
        prompt: expect.stringContaining("`npm test` is run"),
        model: { name: "sonnet" },
        allowedPaths: defaultAllowedPaths,
        limits: { maxTurns: runLimits.maxTurns },
      },
    ]);
  });

  it("goes on where the earlier version recorded nothing of what it decided", async ({ expect }) => {
    const records = new Map<string, unknown>();
    await carryOut(records, {}, deploy);
    records.set("remember conversation", undefined);
    await approve();
    const { ended, jobs } = await carryOut(records, {}, () => undefined);
    expect({ ended, jobs: jobs.length }).toEqual({ ended: "failed", jobs: 1 });
  });
});
