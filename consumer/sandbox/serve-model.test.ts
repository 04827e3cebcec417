import { beforeEach, describe, it } from "vitest";
import { createCommands } from "../stores/commands.ts";
import { createLeases } from "../stores/leases.ts";
import { createSpending } from "../stores/spending.ts";
import { emptyDatabase, testCommand } from "../stores/test-database.ts";
import { serveModel } from "./serve-model.ts";

let db: D1Database;
beforeEach(async () => {
  db = await emptyDatabase();
});

const event = (fields: object) => new TextEncoder().encode(`data: ${JSON.stringify(fields)}\n\n`);
const started = {
  type: "message_start",
  message: { model: "claude-opus-4-1", usage: { input_tokens: 100, output_tokens: 1 } },
};
const maxTokensOf = (body: Uint8Array) => Number(/"max_tokens":(\d+)/.exec(new TextDecoder().decode(body))?.[1]);

/** A run with so much money, and a model that thinks unseen: for `thinksMs`, or to the end, as long as it may. */
async function setUp(maxUsd: number) {
  const spending = createSpending(db);
  const leases = createLeases(db);
  const payer = { workspace: "slack:T1", author: "slack:U1" };
  await createCommands(db).admit(testCommand("c1"), 1_000);
  const terms = { repository: "a/b", branch: "x", headBefore: null, models: ["opus"], expiresAt: 9e15, maxUsd };
  const found = await leases.find(await leases.open("c1", terms, payer, 1_000));
  if (!found) throw new Error("no lease");
  const lease = found;
  let time = 1_000;
  const asked: number[] = [];

  async function ask({
    thinksMs,
    maxTokens = 128_000,
    words = "",
  }: {
    thinksMs?: number;
    maxTokens?: number;
    words?: string;
  }) {
    const pending: Promise<unknown>[] = [];
    const leaver = new AbortController();
    const request = new Request("https://api.anthropic.com/v1/messages", {
      method: "POST",
      signal: leaver.signal,
      body: JSON.stringify({
        model: "claude-opus-4-1",
        max_tokens: maxTokens,
        stream: true,
        messages: [{ role: "user", content: words }],
      }),
    });
    const answer = (body: Uint8Array) => {
      const output = maxTokensOf(body);
      asked.push(output);
      let sent = 0;
      return new ReadableStream<Uint8Array>({
        pull(controller) {
          sent += 1;
          if (sent === 1) return controller.enqueue(event(started));
          if (thinksMs !== undefined) return new Promise(() => {});
          controller.enqueue(event({ type: "message_delta", usage: { output_tokens: output } }));
          controller.enqueue(event({ type: "message_stop" }));
          controller.close();
        },
      });
    };
    const response = await serveModel(request, lease, {
      spending,
      log: () => {},
      now: () => time,
      waitUntil: (work) => void pending.push(work),
      ask: async (body) => new Response(answer(body), { headers: { "content-type": "text/event-stream" } }),
      count: async () => Response.json({ input_tokens: 100 }),
      refuse: (status, reason) => new Response(reason, { status }),
      isOpen: async () => true,
    });
    if (thinksMs === undefined || !response.ok) await response.text();
    else {
      const reader = response.body?.getReader();
      await reader?.read();
      time += thinksMs;
      leaver.abort();
    }
    await Promise.all(pending);
    return response.status;
  }
  return { ask, asked, spent: async () => (await spending.billOf("c1", time))?.costUsd ?? 0 };
}

describe("a run's money", () => {
  it("is never more than its budget, whatever one question could cost", async ({ expect }) => {
    const { ask, asked, spent } = await setUp(0.5);
    expect(await ask({})).toBe(200);
    expect(asked[0]).toBeGreaterThan(4_000);
    expect(await spent()).toBeLessThanOrEqual(0.5);
    expect(await ask({})).toBe(402);
    expect(asked).toHaveLength(1);
    expect(await spent()).toBeLessThanOrEqual(0.5);
  });

  it("is not asked of where not even the question is paid for", async ({ expect }) => {
    const { ask, asked, spent } = await setUp(0.01);
    expect(await ask({})).toBe(402);
    expect({ asked, spent: await spent() }).toEqual({ asked: [], spent: 0 });
  });

  it("is spent by what was thought unseen in an answer that nobody heard to its end", async ({ expect }) => {
    const { ask, spent } = await setUp(20);
    await ask({ thinksMs: 60_000 });
    // Opus 4.1 writes some 60 tokens a second, at $75 a million.
    const once = await spent();
    expect(once).toBeGreaterThan(60 * 60 * 75e-6);
    await ask({ thinksMs: 60_000 });
    expect(await spent()).toBeCloseTo(2 * once);
  });

  it("is hardly spent by an answer that was stopped at once", async ({ expect }) => {
    const { ask, spent } = await setUp(20);
    await ask({ thinksMs: 1_000 });
    expect(await spent()).toBeLessThan(0.2);
  });
});
