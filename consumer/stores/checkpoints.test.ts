import { env } from "cloudflare:workers";
import { it } from "vitest";
import { dayMs } from "../../shared/limits.ts";
import { createCheckpoints } from "./checkpoints.ts";

const bytes = (text: string) => Uint8Array.from(new TextEncoder().encode(text)).buffer;
const text = (content: ArrayBuffer | undefined) => content && new TextDecoder().decode(content);
const key = "k".repeat(32);

function at(start: number, changes: { key?: string | undefined } = {}) {
  let time = start;
  const store = createCheckpoints(env.CHECKPOINTS, { key, ttlDays: 30, now: () => time, ...changes });
  return { ...store, pass: (ms: number) => void (time += ms) };
}

it("comes back as it was saved, for its own conversation", async ({ expect }) => {
  const store = at(1_000);
  expect(await store.save("slack:T1:C1:1.1", bytes("what was said"))).toBe(1_000 + 30 * dayMs);
  expect(text(await store.load("slack:T1:C1:1.1"))).toBe("what was said");
  expect(await store.load("slack:T1:C1:1.2")).toBeUndefined();
});

it("shows nothing of itself in the bucket, and no two look alike", async ({ expect }) => {
  const store = at(1_000);
  await store.save("a", bytes("what was said"));
  await store.save("b", bytes("what was said"));
  const [a, b] = await Promise.all(
    ["a", "b"].map(
      async (id) => new Uint8Array((await (await env.CHECKPOINTS.get(`conversations/${id}`))?.arrayBuffer()) ?? []),
    ),
  );
  expect(new TextDecoder().decode(a)).not.toContain("said");
  expect(a?.slice(16)).not.toEqual(b?.slice(16));
});

it("does not open in another conversation's place, with another key, or changed", async ({ expect }) => {
  const store = at(1_000);
  await store.save("mine", bytes("what was said"));
  const sealed = await env.CHECKPOINTS.get("conversations/mine");
  const content = new Uint8Array((await sealed?.arrayBuffer()) ?? new ArrayBuffer());

  await env.CHECKPOINTS.put("conversations/theirs", content);
  expect(await store.load("theirs")).toBeUndefined();
  expect(await at(1_000, { key: "x".repeat(32) }).load("mine")).toBeUndefined();
  for (const place of [0, 15, 20, 40, content.length - 1]) {
    await env.CHECKPOINTS.put(
      "conversations/mine",
      content.map((byte, index) => (index === place ? byte ^ 1 : byte)),
    );
    expect(await store.load("mine")).toBeUndefined();
  }
  await env.CHECKPOINTS.put("conversations/mine", content);
  expect(text(await store.load("mine"))).toBe("what was said");
});

it("is found until its time is over, whether or not it was deleted", async ({ expect }) => {
  const store = at(1_000);
  await store.save("old", bytes("x"));
  store.pass(30 * dayMs - 1);
  expect(text(await store.load("old"))).toBe("x");
  store.pass(1);
  expect(await store.load("old")).toBeUndefined();
});

it("keeps nothing without a key", async ({ expect }) => {
  const store = at(1_000, { key: undefined });
  expect(await store.save("none", bytes("x"))).toBeNull();
  expect(await env.CHECKPOINTS.get("conversations/none")).toBeNull();
  expect(await store.load("none")).toBeUndefined();
});
