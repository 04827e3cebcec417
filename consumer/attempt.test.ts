import { afterEach, describe, it, vi } from "vitest";
import * as z from "zod/mini";
import { attemptFor, stillWanted } from "./attempt.ts";
import { createRateLimits } from "./clients/discord-rate-limits.ts";
import { createDiscordClient } from "./clients/discord.ts";
import { personalAccess } from "./clients/github-access.ts";
import { connectGitHub } from "./clients/github-connection.ts";
import { connectLinear } from "./clients/linear-connection.ts";
import { createMoveRef } from "./clients/move-ref.ts";
import { createPostHog } from "./clients/posthog.ts";
import { call, createSlackClient } from "./replies/slack-client.ts";
import { whisper } from "./replies/slack-whisper.ts";
import { createSandbox } from "./sandbox/sandbox.ts";

afterEach(() => vi.unstubAllGlobals());

const base = "https://vendor.test";
const access = personalAccess("t");
const clients: [string, () => Promise<unknown>][] = [
  ["Slack", () => call(() => createSlackClient({ botToken: "t", apiUrl: base }).auth.test())],
  ["Slack, for one person's eyes", () => whisper(`${base}/response`, { text: "Hello" })],
  [
    "Discord",
    () =>
      createDiscordClient({ botToken: "t", apiUrl: base, rateLimits: createRateLimits(Date.now) })(
        "GET",
        "/users/@me",
        z.object({}),
      ),
  ],
  ["Linear", () => connectLinear({ apiKey: "k", apiUrl: base })("query { viewer { id } }", {}, z.object({}))],
  ["GitHub", () => connectGitHub({ access, apiUrl: base }).ask("a/b", "read", (rest, at) => rest.repos.get(at))],
  [
    "git",
    () =>
      createMoveRef({ access, gitUrl: base })({
        repository: "a/b",
        ref: "refs/heads/x",
        from: "1".repeat(40),
        to: null,
      }),
  ],
  ["PostHog", () => createPostHog({ apiKey: "k", projectId: "1", host: base }).people(["a@b.example"])],
  [
    "the sandbox",
    () =>
      createSandbox(
        { lend: () => Promise.reject(new Error("none")), fetch: (_of, path, init) => fetch(base + path, init) },
        "c",
      ).stop("j"),
  ],
];

describe("an attempt whose time is up", () => {
  it.for(clients)("hangs up, and asks nothing more: %s", async ([, ask], { expect }) => {
    let asked = 0;
    let open = 0;
    vi.stubGlobal("fetch", async (_url: unknown, init: RequestInit) => {
      const signal = init.signal ?? new AbortController().signal;
      signal.throwIfAborted();
      asked += 1;
      open += 1;
      return new Promise<Response>((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          open -= 1;
          reject(signal.reason);
        });
      });
    });
    const over = Promise.withResolvers<void>();
    const attempt = attemptFor(20, async () => {
      // A client does with an abort what it does with any failure.
      await ask().catch(() => undefined);
      await ask().catch(() => undefined);
      over.resolve();
    });
    await expect(attempt).rejects.toMatchObject({ code: "attempt_too_long", retry: true });
    await over.promise;
    expect({ asked, open }).toEqual({ asked: 1, open: 0 });
  });

  it("writes nothing more", async ({ expect }) => {
    const written: string[] = [];
    const over = Promise.withResolvers<void>();
    const attempt = attemptFor(20, async () => {
      try {
        await new Promise((resolve) => setTimeout(resolve, 50));
        stillWanted();
        written.push("late");
      } finally {
        over.resolve();
      }
    });
    await expect(attempt).rejects.toMatchObject({ code: "attempt_too_long" });
    await over.promise;
    expect(written).toEqual([]);
  });
});
