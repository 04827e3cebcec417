import * as z from "zod/mini";
import { afterEach, describe, it, vi } from "vitest";
import { Failure } from "../../shared/failure.ts";
import { call, createSlackClient } from "../replies/slack-client.ts";
import { createRateLimits } from "./discord-rate-limits.ts";
import { createDiscordClient } from "./discord.ts";
import { createGitHub } from "./github.ts";
import { personalAccess } from "./github-access.ts";
import { connectGitHub } from "./github-connection.ts";
import { connectLinear } from "./linear-connection.ts";
import { createLinear } from "./linear.ts";
import { createPostHog } from "./posthog.ts";

afterEach(() => vi.unstubAllGlobals());

const base = "https://vendor.test";
const vendors: Record<string, () => Promise<unknown>> = {
  Slack: () => {
    const client = createSlackClient({ botToken: "t", apiUrl: base });
    return call(() => client.chat.postMessage({ channel: "C1", text: "Hello" }));
  },
  Discord: () => {
    const request = createDiscordClient({ botToken: "t", apiUrl: base, rateLimits: createRateLimits(Date.now) });
    return request("POST", "/channels/1/messages", z.object({ id: z.string() }), { body: { content: "Hello" } });
  },
  Linear: () => createLinear(connectLinear({ apiKey: "k", apiUrl: base })).team("BUG"),
  GitHub: () =>
    connectGitHub({ access: personalAccess("t"), apiUrl: base }).ask("a/b", "read", (rest, at) => rest.repos.get(at)),
  PostHog: () => createPostHog({ apiKey: "k", projectId: "1", host: base }).people(["a@b.example"]),
};
const names = Object.keys(vendors);
/** PostHog has its own back-off. */
const unsaidWaits: Record<string, number> = { Slack: 10_000, Discord: 10_000, Linear: 10_000, GitHub: 60_000 };

/** What a call throws where it is answered so. */
async function refused(name: string, body: string, init: ResponseInit): Promise<Failure> {
  vi.stubGlobal("fetch", async () => new Response(body, init));
  const thrown = await vendors[name]?.().catch((error: unknown) => error);
  if (!(thrown instanceof Failure)) throw new Error(`${name} threw ${String(thrown)}`);
  return thrown;
}

const page = `<!DOCTYPE html><html><body>${"Sign in to go on. ".repeat(500)}</body></html>`;
const html = { "content-type": "text/html" };
const json = { "content-type": "application/json" };

describe("what GitHub says of a branch", () => {
  const github = createGitHub(connectGitHub({ access: personalAccess("t"), apiUrl: base }), async () => false);
  const whole = { ahead_by: 1, behind_by: 0, merge_base_commit: { sha: "a" }, commits: [], files: [] };
  const { files: _files, ...withoutFiles } = whole;
  const { behind_by: _behind, ...withoutBehind } = whole;
  it.for<[string, object, () => Promise<unknown>]>([
    ["a comparison without files", withoutFiles, () => github.compare("a/b", "main", "x")],
    ["a comparison without what is behind", withoutBehind, () => github.compare("a/b", "main", "x")],
    ["a tree that does not say whether it is whole", { tree: [] }, () => github.entries("a/b", "x", [])],
    ["a branch without a commit", { commit: {} }, () => github.branchHead("a/b", "x")],
  ])("is not believed where it is %s", async ([, answer, ask], { expect }) => {
    vi.stubGlobal("fetch", async () => Response.json(answer));
    await expect(ask()).rejects.toMatchObject({ code: "github_unreadable", retry: true });
  });
});

describe.for(names)("an answer of %s", (name) => {
  it.for([
    ["a web page", page, html],
    ["nothing", "", html],
    ["JSON that is cut off", '{"ok":true,"data":{"id":"1', json],
    ["JSON of another shape", '["Sign in to go on."]', json],
  ] as const)(
    "with status 200 that is %s is tried again, and said in our words",
    async ([, body, headers], { expect }) => {
      // GitHub's shapes are Octokit's affair: they are read where they are used.
      if (name === "GitHub" && body.startsWith("[")) return;
      const failure = await refused(name, body, { status: 200, headers });
      expect(failure).toMatchObject({ retry: true, reply: `I cannot read what ${name} answers.` });
    },
  );

  it("is never quoted, whatever page it is", async ({ expect }) => {
    for (const status of [400, 401, 403, 404, 500, 503]) {
      if (name === "PostHog" && status === 404) continue;
      const failure = await refused(name, page, { status, headers: html });
      expect(failure.reply).not.toContain("Sign in");
      expect(failure.reply.length).toBeLessThan(250);
    }
  });

  it("that it is asked too often is waited for, however it says for how long", async ({ expect }) => {
    const waits = async (retryAfter: string | undefined) => {
      const headers = { ...html, ...(retryAfter !== undefined && { "retry-after": retryAfter }) };
      const failure = await refused(name, page, { status: 429, headers });
      expect(failure).toMatchObject({ retry: true, reply: `${name} asks to slow down.` });
      return failure.retryAfterMs;
    };
    expect(await waits("7")).toBe(7_000);
    const soon = await waits(new Date(Date.now() + 60_000).toUTCString());
    expect(soon).toBeGreaterThan(30_000);
    expect(soon).toBeLessThanOrEqual(60_000);
    for (const garbage of [undefined, "", "soon", "-5", "1e9", "99999999"])
      expect(await waits(garbage)).toBe(unsaidWaits[name]);
  });
});

describe("a refusal of Slack's", () => {
  it("is named only where it is a name", async ({ expect }) => {
    const named = await refused("Slack", '{"ok":false,"error":"invalid_blocks"}', { status: 200 });
    expect(named).toMatchObject({ retry: false, reply: "Slack did not accept this (invalid_blocks)." });
    const quoted = JSON.stringify({ ok: false, error: page });
    const other = await refused("Slack", quoted, { status: 200 });
    expect(other).toMatchObject({ retry: false, reply: "Slack did not accept this (unknown_error)." });
  });

  it("passes where Slack is asked too often, or fails", async ({ expect }) => {
    const limited = await refused("Slack", '{"ok":false,"error":"ratelimited"}', { status: 200 });
    expect(limited).toMatchObject({ retry: true, retryAfterMs: 10_000 });
    const failed = await refused("Slack", '{"ok":false,"error":"fatal_error"}', { status: 200 });
    expect(failed).toMatchObject({ retry: true });
  });
});

describe("a refusal of Linear's", () => {
  const error = (extensions: object) => JSON.stringify({ errors: [{ message: "No", extensions }], data: null });
  it.for<[string, number, string, string, boolean]>([
    ["a bad request without a word of GraphQL", 400, page, "linear_rejected", false],
    ["an address that is none", 404, page, "linear_rejected", false],
    ["a question that is too long", 413, "", "linear_rejected", false],
    ["a question that took too long to arrive", 408, page, "linear_unreachable", true],
    ["a key that it does not know", 401, page, "linear_refused", false],
    ["a key that it does not know, by its code", 400, error({ code: "AUTHENTICATION_ERROR" }), "linear_refused", false],
    ["a team that is closed to the key", 200, error({ type: "forbidden", code: "FORBIDDEN" }), "linear_refused", false],
    ["a lock that it waited for", 200, error({ code: "LOCK_TIMEOUT" }), "linear_unreachable", true],
    ["a lock, by its type", 400, error({ type: "lock timeout" }), "linear_unreachable", true],
    ["its own failure", 400, error({ type: "other", code: "INTERNAL_SERVER_ERROR" }), "linear_unreachable", true],
    ["too many questions", 400, error({ code: "RATELIMITED" }), "linear_rate_limited", true],
    ["an input that is none", 200, error({ code: "INPUT_ERROR" }), "linear_rejected", false],
    ["a plan's limit", 200, error({ type: "usage limit exceeded" }), "linear_rejected", false],
    [
      "a question of ours that it does not understand",
      400,
      error({ code: "GRAPHQL_PARSE_FAILED" }),
      "linear_rejected",
      false,
    ],
    ["something that nobody named", 200, '{"errors":[{}]}', "linear_unreachable", true],
    ["an error that is a text", 200, '{"errors":["No"]}', "linear_unreachable", true],
    ["trouble, whatever it says", 502, error({ code: "AUTHENTICATION_ERROR" }), "linear_unreachable", true],
  ])("is told as %s", async ([, status, body, code, retry], { expect }) => {
    const failure = await refused("Linear", body, { status, headers: json });
    expect({ code: failure.code, retry: failure.retry }).toEqual({ code, retry });
    if (code !== "linear_refused") expect(failure.reply).not.toContain("LINEAR_API_KEY");
  });
});
