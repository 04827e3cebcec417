import * as fc from "fast-check";
import { it } from "vitest";
import { commandSchema } from "../../shared/command.ts";
import { fuzzed, fuzzTimeoutMs } from "../../shared/fuzz.ts";
import { mutated } from "../../shared/mutated.ts";
import { parsePayload } from "./mention-payload.ts";
import { botUserId, connected, mention, readyData } from "./mention-play.ts";

const payloads = [
  { op: 10, d: { heartbeat_interval: 41_250 } },
  { op: 0, t: "READY", s: 1, d: readyData },
  { op: 0, t: "RESUMED", s: 2, d: {} },
  { op: 0, t: "MESSAGE_CREATE", s: 3, d: mention("500", `<@${botUserId}> fix the total`) },
  { op: 9, d: true },
  { op: 7, d: null },
  { op: 1, d: null },
  { op: 11 },
];
const anything = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...payloads).map((payload) => JSON.stringify(payload)) },
  { weight: 8, arbitrary: fc.oneof(...payloads.map(mutated)).map((payload) => JSON.stringify(payload)) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
);

it(
  "whatever comes over Discord's socket, no session breaks and every command can be read",
  { timeout: fuzzTimeoutMs },
  ({ expect }) => {
    let commands = 0;
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 12 }), (texts) => {
        const session = connected();
        for (const text of texts) {
          const payload = parsePayload(text);
          if (payload && session.say(payload).some(({ kind }) => kind === "enqueue")) session.put({ kind: "enqueued" });
          session.pass(100);
        }
        for (const command of session.enqueued) commandSchema.parse(JSON.parse(JSON.stringify(command)));
        commands += session.enqueued.length;
      }),
      fuzzed(500),
    );
    expect(commands).toBeGreaterThan(50);
  },
);
