import { it } from "vitest";
import { forgiveKv } from "./forgive-kv.ts";

const never = new Promise<never>(() => undefined);

it.for([
  ["errs", () => Promise.reject(new Error("KV GET failed: 500"))],
  ["does not answer", () => never],
] as const)("does without KV that %s", async ([, answer], { expect }) => {
  const kv = forgiveKv({ get: answer, put: answer }, 20);
  expect(await kv.get("a")).toBeNull();
  expect(await kv.put("a", "1")).toBeUndefined();
});

it("says what KV says", async ({ expect }) => {
  const put: unknown[] = [];
  const kv = forgiveKv({ get: async (key) => `value of ${key}`, put: async (...given) => void put.push(given) });
  expect(await kv.get("a")).toBe("value of a");
  await kv.put("a", "1", { expirationTtl: 60 });
  expect(put).toEqual([["a", "1", { expirationTtl: 60 }]]);
});
