import { request } from "node:http";
import { afterAll, beforeAll, describe, it } from "vitest";
import * as z from "zod/mini";
import type { Script } from "../local/anthropic.ts";
import { headers, lend, question } from "./egress-lease.ts";
import { createWorld, type World } from "./world.ts";

const answer = [{ text: "What a cart does with a code. ".repeat(40) }];
const scripts: Record<string, Script> = {
  "case-gzip": () => ({ gzip: answer }),
  "case-endless": () => "endless",
  "case-silent": () => "silent",
  "case-hang": () => "hang",
  "case-refused": () => ({ status: 529, type: "overloaded_error", message: "Overloaded" }),
  // Spends at the model's door what Claude Code itself knows nothing of.
  "case-own-spending": ({ turn }) => {
    const command = `node -e '(async () => { for (let at = 0; at < 60; at++) {
      const answer = await fetch(process.env.ANTHROPIC_BASE_URL + "/v1/messages", { method: "POST",
        headers: { "x-api-key": "x", "anthropic-version": "2023-06-01", "content-type": "application/json" },
        body: JSON.stringify({ model: "claude-sonnet-5-5", max_tokens: 10, messages: [{ role: "user", content: "x".repeat(40000) }] }) });
      console.log(answer.status, (await answer.text()).slice(0, 200));
      if (!answer.ok) break;
    } })()'`;
    return turn === 0
      ? [{ tool: "Bash", input: { command, description: "Look around" } }]
      : [{ text: "I changed nothing." }];
  },
};
const script: Script = (call) =>
  scripts[Object.keys(scripts).find((word) => call.prompt.includes(word)) ?? ""]?.(call) ?? answer;

let world: World;
beforeAll(async () => {
  world = await createWorld({ script, variables: { BUGBOT_MAX_USD: "0.5" } });
});
afterAll(() => world?.close());

/** The last question with these words, as it came to the model. */
const asked = (words: string) =>
  world.anthropic.requests.findLast(
    ({ path, body }) => !path.includes("count_tokens") && JSON.stringify(body).includes(words),
  );
const asking = (content: string) => ({ messages: [{ role: "user", content }] });
/** Of the dollar that was put aside: the prompt, and what could be thought in some seconds. In millionths of a dollar. */
const isCents = (spent: number) => spent > 3000 && spent < 300_000;
const usageSchema = z.object({
  input_tokens: z.number(),
  cache_creation_input_tokens: z.number(),
  cache_read_input_tokens: z.number(),
  output_tokens: z.number(),
});
/** Sonnet 5.5's price of this usage, in millionths of a dollar. */
const priceOf = (usage: z.infer<typeof usageSchema>) =>
  Math.ceil(
    usage.input_tokens * 2 +
      usage.cache_creation_input_tokens * 2.5 +
      usage.cache_read_input_tokens * 0.1 +
      usage.output_tokens * 10,
  );

/** The last counts of an answer, as whoever asked sees them. */
function usageIn(text: string) {
  if (!text.startsWith("event:")) return z.object({ usage: usageSchema }).parse(JSON.parse(text)).usage;
  const parts = [...text.matchAll(/"usage":(\{[^}]*\})/g)].map(([, json = ""]): unknown => JSON.parse(json));
  return usageSchema.parse(Object.assign({}, ...parts));
}

describe("what a run asks of the model", () => {
  it.for([
    ["streamed", { stream: true, ...asking("hello") }],
    ["in one piece", asking("hello")],
    ["compressed and streamed", { stream: true, ...asking("case-gzip") }],
    ["compressed and in one piece", asking("case-gzip")],
  ] as const)("costs what its answer says, %s", async ([, body], { expect }) => {
    const lease = await lend(world);
    const response = await lease.ask(body);
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text).toContain("What a cart does");
    expect(await lease.spent()).toEqual({ spent_micro_usd: priceOf(usageIn(text)), calls: 1, open: 0 });
  });

  it("costs nothing where it is refused, and nothing to count its tokens", async ({ expect }) => {
    const lease = await lend(world);
    expect((await lease.ask(asking("case-refused"))).status).toBe(529);
    expect((await lease.ask(asking("hello"), {}, "/v1/messages/count_tokens")).status).toBe(200);
    expect(await lease.spent()).toEqual({ spent_micro_usd: 0, calls: 1, open: 0 });
  });

  it("costs what was said until then where nobody reads on, and the model is told", async ({ expect }) => {
    const lease = await lend(world);
    const controller = new AbortController();
    const body = { stream: true, max_tokens: 100_000, ...asking("case-endless") };
    const response = await lease.ask(body, { signal: controller.signal });
    const reader = response.body?.getReader();
    for (let read = 0; read < 20_000;) read += (await reader?.read())?.value?.length ?? 0;
    controller.abort();
    const { spent_micro_usd: spent } = await lease.spent();
    // Of 100,000 tokens that were asked for at most, some thousands.
    expect(spent).toBeGreaterThan(3000);
    expect(spent).toBeLessThan(300_000);
    await world.until(() => asked("case-endless")?.abandonedAt);
  });

  it("is no longer asked of the model once whoever asked closed the connection, while it thinks unseen", async ({
    expect,
  }) => {
    const lease = await lend(world);
    const controller = new AbortController();
    const response = await lease.ask(
      { stream: true, max_tokens: 100_000, ...asking("case-silent") },
      { signal: controller.signal },
    );
    await response.body?.getReader().read();
    controller.abort();
    await world.until(() => asked("case-silent")?.abandonedAt);
    expect((await lease.spent()).spent_micro_usd).toSatisfy(isCents);
  });

  it("is no longer asked of the model once the connection is cut, before it began to answer", async ({ expect }) => {
    const lease = await lend(world);
    const asker = request(lease.model, { method: "POST", headers });
    asker.on("error", () => undefined);
    asker.end(JSON.stringify({ ...question, max_tokens: 100_000, ...asking("case-hang") }));
    await world.until(() => asked("case-hang"));
    asker.socket?.resetAndDestroy();
    await world.until(() => asked("case-hang")?.abandonedAt);
    expect((await lease.spent()).spent_micro_usd).toSatisfy(isCents);
  });

  it.for(["close", "expire"] as const)("is heard no longer than its run goes on: %s", async (end, { expect }) => {
    const lease = await lend(world);
    const answering = lease.ask({ max_tokens: 100_000, ...asking(`case-hang ${end}`) });
    await world.until(() => asked(`case-hang ${end}`));
    await lease[end]();
    expect((await answering).ok).toBe(false);
    await world.until(() => asked(`case-hang ${end}`)?.abandonedAt);
    expect((await lease.spent()).spent_micro_usd).toSatisfy(isCents);
  });

  it("is refused when the budget is spent, in words Claude Code takes as final", async ({ expect }) => {
    const lease = await lend(world, { maxUsd: 0.000_001 });
    await (await lease.ask(asking("hello"))).text();
    const { spent_micro_usd: spent } = await lease.spent();
    const questions = () => world.anthropic.requests.filter(({ path }) => !path.includes("count_tokens")).length;
    const before = questions();
    const refused = await lease.ask(asking("hello"));
    expect(refused.status).toBe(402);
    expect(refused.headers.get("x-should-retry")).toBe("false");
    expect(await refused.json()).toEqual({
      type: "error",
      error: {
        type: "billing_error",
        message: "bugbot: this run's budget of $0.000001 is spent: what is left does not pay for this",
      },
    });
    expect(questions()).toBe(before);
    expect((await lease.spent()).spent_micro_usd).toBe(spent);
    expect(world.logs.some((line) => line.includes("egress_refused") && line.includes(lease.commandId))).toBe(true);
  });

  it("cannot go over the budget by being asked many times at once", async ({ expect }) => {
    const lease = await lend(world, { maxUsd: 0.03 });
    const controller = new AbortController();
    // Each may cost a cent and a bit.
    const all = await Promise.all(
      Array.from({ length: 12 }, () =>
        lease.ask({ stream: true, ...asking("case-endless") }, { signal: controller.signal }),
      ),
    );
    const statuses = all.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(3);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(9);
    controller.abort();
    await lease.spent();
  });
});

describe("a fix that is stopped while the model says nothing for long", () => {
  it.for(["case-silent", "case-hang"])("is heard no longer, and costs cents: %s", async (word, { expect }) => {
    const eventId = `Ev${word}`;
    const {
      body,
      headers: signed,
      message,
    } = world.slack.mention(`fix https://github.com/acme/shop ${eventId}`, {
      channel: world.channel,
      eventId,
    });
    await world.post(body, signed);
    await world.until(() => asked(eventId));
    await world.mention("stop", { threadTs: message.ts });
    expect(await world.settled(eventId)).toMatchObject({ outcome: "stopped" });
    expect(asked(eventId)?.abandonedAt).toBeDefined();
    const said = world.slack.thread(world.channel, message.ts).find(({ text }) => text.startsWith("Stopped."));
    expect(said?.text).toMatch(/\n\$0\.(?:0[1-9]|1\d) · /);
  });
});

describe("an agent that spends behind Claude Code's back", () => {
  it("ends at the budget, with what it really cost", async ({ expect }) => {
    const { outcome, replies } = await world.mention("fix https://github.com/acme/shop case-own-spending");
    expect(outcome).toBe("timed_out");
    expect(replies.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^⏳ Out of budget \(\$0\.50\)[^]*\n\$0\.(?:4\d|50) · /),
    ]);
    expect(replies[0]?.text).not.toContain("API Error");
    const refused = world.logs.filter((line) => line.includes("budget of $0.5 is spent"));
    // The agent's own tries, and Claude Code's: it does not try for minutes.
    expect(refused.length).toBeLessThan(8);
    expect(world.logs.some((line) => line.includes("cost_mismatch"))).toBe(true);
    expect(world.github.pullRequests(world.repository)).toEqual([]);
  });
});
