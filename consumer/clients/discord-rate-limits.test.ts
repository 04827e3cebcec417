import { describe, it } from "vitest";
import { createRateLimits } from "./discord-rate-limits.ts";

const edit = "/channels/1/messages/2";
const another = "/channels/1/messages/3";
const elsewhere = "/channels/9/messages/2";
const original = "/webhooks/7/token/messages/@original";

function setUp() {
  const clock = { now: 1_000 };
  const limits = createRateLimits(() => clock.now);
  const answer = (
    method: string,
    path: string,
    status: number,
    headers: Record<string, string>,
    retryAfterMs?: number,
  ) => limits.learn(method, path, { status, headers: new Headers(headers), retryAfterMs });
  return { clock, limits, answer };
}
const bucket = (remaining: number, seconds = 2) => ({
  "x-ratelimit-bucket": "abcd",
  "x-ratelimit-remaining": String(remaining),
  "x-ratelimit-reset-after": String(seconds),
});

describe("a bucket", () => {
  it("is waited for once it is empty, until Discord fills it again", ({ expect }) => {
    const { clock, limits, answer } = setUp();
    answer("PATCH", edit, 200, bucket(1));
    expect(limits.waitMs("PATCH", edit)).toBe(0);
    answer("PATCH", edit, 200, bucket(0));
    expect(limits.waitMs("PATCH", edit)).toBe(2_000);
    expect(limits.waitMs("PATCH", another), "every message of a channel").toBe(2_000);
    expect(limits.waitMs("PATCH", elsewhere), "another channel").toBe(0);
    expect(limits.waitMs("POST", "/channels/1/messages"), "another route").toBe(0);
    clock.now += 2_000;
    expect(limits.waitMs("PATCH", edit)).toBe(0);
  });

  it("is shared by the routes that Discord puts into it", ({ expect }) => {
    const { limits, answer } = setUp();
    const reaction = (emoji: string) => `/channels/1/messages/2/reactions/${emoji}/@me`;
    answer("DELETE", reaction("a"), 204, bucket(3));
    answer("PUT", reaction("b"), 204, bucket(0, 0.25));
    expect(limits.waitMs("DELETE", reaction("c"))).toBe(250);
  });

  it("of an interaction is its own", ({ expect }) => {
    const { limits, answer } = setUp();
    answer("PATCH", original, 200, bucket(0));
    expect(limits.waitMs("PATCH", original)).toBe(2_000);
    expect(limits.waitMs("PATCH", "/webhooks/7/other/messages/@original")).toBe(0);
  });
});

describe("a 429", () => {
  it("holds its route back for as long as it says", ({ expect }) => {
    const { clock, limits, answer } = setUp();
    answer("PATCH", edit, 429, { "x-ratelimit-scope": "shared" }, 1_500);
    expect(limits.waitMs("PATCH", edit)).toBe(1_500);
    expect(limits.waitMs("PATCH", elsewhere)).toBe(0);
    clock.now += 1_500;
    expect(limits.waitMs("PATCH", edit)).toBe(0);
  });

  it("that is global holds everything back but interactions", ({ expect }) => {
    const { clock, limits, answer } = setUp();
    answer("PATCH", edit, 429, { "x-ratelimit-global": "true" }, 3_000);
    expect(limits.waitMs("GET", "/channels/9")).toBe(3_000);
    expect(limits.waitMs("GET", "/users/@me")).toBe(3_000);
    expect(limits.waitMs("PATCH", original)).toBe(0);
    clock.now += 3_000;
    expect(limits.waitMs("GET", "/channels/9")).toBe(0);
  });
});
