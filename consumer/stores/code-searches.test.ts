import { env } from "cloudflare:workers";
import { beforeEach, describe, it } from "vitest";
import { Failure } from "../../shared/failure.ts";
import migration from "../migrations/0003_code_searches.sql?raw";
import { createCodeSearches } from "./code-searches.ts";

let nowMs: number;
let made: string[];
beforeEach(async () => {
  [nowMs, made] = [1_000_000, []];
  await env.DB.prepare("DROP TABLE IF EXISTS code_searches").run();
  await env.DB.prepare(migration.replace(/--[^\n]*/g, "")).run();
});

/** As another isolate would: nothing is shared but the stores. */
function ask(term: string, repository = "acme/shop") {
  return createCodeSearches(env.DB, env.BUGBOT_KV, () => nowMs).hits(repository, term, async () => {
    made.push(term);
    return [{ path: `${term}.ts`, fragments: [] }];
  });
}

describe("searches of code", () => {
  it("are made once, and known for a while", async ({ expect }) => {
    expect(await ask("once")).toEqual([{ path: "once.ts", fragments: [] }]);
    expect(await ask("ONCE", "Acme/Shop")).toEqual([{ path: "once.ts", fragments: [] }]);
    expect(made).toEqual(["once"]);
    await ask("once", "acme/other");
    expect(made).toHaveLength(2);
    const { keys } = await env.BUGBOT_KV.list({ prefix: "code-search:" });
    expect(keys.every(({ expiration = 0 }) => expiration > Date.now() / 1000)).toBe(true);
  });

  it("are ten a minute among all isolates, and say when there is room again", async ({ expect }) => {
    const results = await Promise.allSettled(Array.from({ length: 14 }, (_, number) => ask(`window ${number}`)));
    const refused = results.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    expect([made.length, refused.length]).toEqual([10, 4]);
    expect(refused[0]).toBeInstanceOf(Failure);
    expect(refused[0]).toMatchObject({ code: "github_rate_limited", retry: true, retryAfterMs: 60_000 });

    nowMs += 59_000;
    await expect(ask("too early")).rejects.toMatchObject({ retryAfterMs: 1000 });
    nowMs += 1000;
    await ask("in time");
    expect(made).toHaveLength(11);
  });

  it("that failed are not known", async ({ expect }) => {
    const searches = createCodeSearches(env.DB, env.BUGBOT_KV, () => nowMs);
    const failing = searches.hits("acme/shop", "failing", () => Promise.reject(new Error("502")));
    await expect(failing).rejects.toThrow("502");
    expect(await ask("failing")).toEqual([{ path: "failing.ts", fragments: [] }]);
  });
});
