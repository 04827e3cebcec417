import { it } from "vitest";
import { type Entries, forgiveKv } from "./forgive-kv.ts";

function forgiving(entries: Entries) {
  const logs: unknown[] = [];
  const log = (event: string, facts?: object) => void logs.push([event, facts]);
  return { kv: forgiveKv(entries, { log, timeoutMs: 200, waitMs: 1 }), logs };
}

it.for([
  ["errs", () => Promise.reject(new Error("KV GET failed: 500"))],
  ["does not answer", () => new Promise<never>(() => undefined)],
] as const)("does without KV that %s, and says so in the log", async ([, answer], { expect }) => {
  const { kv, logs } = forgiving({ get: answer, put: answer });
  expect(await kv.get("a")).toBeNull();
  expect(await kv.put("a", "1")).toBeUndefined();
  const failed = (operation: string) => ["kv_failed", expect.objectContaining({ operation, key: "a" })];
  expect(logs).toEqual([failed("get"), failed("put")]);
});

it("says what KV says, and writes again what it did not take", async ({ expect }) => {
  const put: unknown[] = [];
  const { kv, logs } = forgiving({
    get: async (key) => `value of ${key}`,
    put: async (...given) => {
      if (put.push(given) < 3) throw new Error("KV PUT failed: 429 Too Many Requests");
    },
  });
  expect(await kv.get("a")).toBe("value of a");
  await kv.put("a", "1", { expirationTtl: 60 });
  expect(put).toEqual(Array.from({ length: 3 }, () => ["a", "1", { expirationTtl: 60 }]));
  expect(logs).toEqual([]);
});
