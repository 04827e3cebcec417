import * as fc from "fast-check";
import { describe, it } from "vitest";
import { commandSchema } from "../../shared/command.ts";
import { fuzzed, fuzzTimeoutMs } from "../../shared/fuzz.ts";
import { mutated } from "../../shared/mutated.ts";
import { events } from "./event-payloads.ts";
import { button, form, interaction, shortcut, slashCommand, submission } from "./interaction-payloads.ts";
import { createTestGateway, keyOf } from "./test-gateway.ts";

const often = fuzzed(5_000);
const { numRuns } = often;
const conversation = { platform: "slack", teamId: "T1", channelId: "C1", threadId: "10.1", messageId: "10.2" };
const metadata = JSON.stringify({ commandId: "slack-Ev1", conversation });
const interactions = [
  button("bugbot:retry:slack-Ev1", { threadTs: "10.1" }),
  button("bugbot:stop:slack-Ev1", { isEphemeral: true }),
  button("bugbot:ask:slack-Ev1"),
  shortcut,
  submission("acme/shop", metadata),
];

const doors = {
  "/slack/events": fc.oneof(...Object.values(events).map(mutated)).map((value) => JSON.stringify(value)),
  "/slack/commands": mutated(slashCommand).map((value) =>
    form(
      Object.fromEntries(
        Object.entries(value).map(([name, field]) => [name, typeof field === "string" ? field : JSON.stringify(field)]),
      ),
    ),
  ),
  "/slack/interactions": fc.oneof(...interactions.map(mutated)).map(interaction),
} as const;
const paths = ["/slack/events", "/slack/commands", "/slack/interactions"] as const;

/** A body, whole or with a piece of it cut out or written over. */
function damaged(body: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const cut = fc.tuple(body, fc.nat(), fc.nat(20), fc.string({ maxLength: 5, unit: "binary" }));
  return fc.oneof(
    { arbitrary: body, weight: 9 },
    {
      arbitrary: cut.map(([text, at, length, written]) => splice(text, at % (text.length + 1), length, written)),
      weight: 1,
    },
  );
}

function splice(text: string, at: number, length: number, written: string): string {
  return text.slice(0, at) + written + text.slice(at + length);
}

describe.for(paths)("POST %s, whatever is sent", (path) => {
  it("answers, and enqueues only what the consumer can read", { timeout: fuzzTimeoutMs }, async ({ expect }) => {
    const { post, enqueued, logged, settled } = await createTestGateway();
    let commands = 0;
    await fc.assert(
      fc.asyncProperty(damaged(doors[path]), async (body) => {
        const { status } = await post(path, body);
        if (status !== 200 && status !== 400) throw new Error(`answered ${status}`);
        for (const command of enqueued.splice(0)) {
          commandSchema.parse(JSON.parse(JSON.stringify(command)));
          commands += 1;
        }
      }),
      often,
    );
    await settled();
    expect(logged).toEqual([]);
    // Enough was understood for the rest to mean something.
    expect(commands).toBeGreaterThan(numRuns / 50);
  });

  it("is not read without Slack's signature", { timeout: fuzzTimeoutMs }, async ({ expect }) => {
    const { post, enqueued, opened, parsed } = await createTestGateway();
    const otherKey = await keyOf("another secret");
    await fc.assert(
      fc.asyncProperty(damaged(doors[path]), async (body) => {
        const { status } = await post(path, body, otherKey);
        if (status !== 401) throw new Error(`answered ${status}`);
      }),
      { ...often, numRuns: numRuns / 10 },
    );
    expect([...parsed, ...enqueued, ...opened]).toEqual([]);
  });
});
