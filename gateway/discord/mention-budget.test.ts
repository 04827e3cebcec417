import * as fc from "fast-check";
import { describe, it } from "vitest";
import { dayMs, defaultTiming, maxIdentifiesPerDay } from "./mention-limits.ts";
import { configuration, mention, play, type Play, readyData } from "./mention-play.ts";

const impatient = {
  ...defaultTiming,
  identifyGapMs: 1,
  maxIdentifyGapMs: 1,
  backoffMs: 1,
  maxBackoffMs: 1,
  fatalMs: 1,
};
const codes = [1000, 1001, 1006, 4000, 4003, 4004, 4007, 4008, 4009, 4014];

function mostInADay(identifies: readonly number[]): number {
  return Math.max(0, ...identifies.map((from) => identifies.filter((at) => at >= from && at < from + dayMs).length));
}

/** As far as Discord would let it come by itself. */
function connect(session: Play): void {
  session.pass(1_000);
  session.locate();
  session.hello();
  session.dispatch("READY", 1, readyData);
}

const ordered: fc.Arbitrary<(session: Play) => unknown> = fc.oneof(
  fc.integer({ min: 0, max: 2 * dayMs }).map((ms) => (session: Play) => session.pass(ms)),
  fc.integer({ min: 0, max: 10_000 }).map((ms) => (session: Play) => session.pass(ms)),
  fc.constantFrom(...codes).map((code) => (session: Play) => session.close(code)),
  fc.constantFrom(0, 1, 6, 999).map((remaining) => (session: Play) => session.locate(remaining)),
  fc
    .boolean()
    .map((fatal) => (session: Play) => session.put({ kind: "not_located", reason: "", fatal, retryAfterMs: 0 })),
  fc
    .constantFrom("one", configuration)
    .map((token) => (session: Play) => session.put({ kind: "ensure", configuration: token })),
  fc
    .constantFrom<{ kind: "stop"; reason: string } | { kind: "enqueued" | "refused" }>(
      { kind: "stop", reason: "off" },
      { kind: "enqueued" },
      { kind: "refused" },
    )
    .map((input) => (session: Play) => session.put(input)),
  fc.boolean().map((d) => (session: Play) => session.say({ op: 9, d })),
  fc.constantFrom<1 | 7 | 11>(1, 7, 11).map((op) => (session: Play) => session.say({ op })),
  fc.constantFrom<1 | 7 | 11>(1, 7, 11).map((op) => (session: Play) => session.sayLate({ op })),
  fc.constant((session: Play) => session.hello()),
  fc.constant(connect),
  fc.constant(connect),
  fc.constant((session: Play) => session.evict()),
  fc.constant((session: Play) => session.dispatch("RESUMED", 9)),
  fc.constant((session: Play) => session.dispatch("READY", 1, readyData)),
  fc.constant((session: Play) => session.dispatch("READY", 1, {})),
  fc
    .integer({ min: 1, max: 5 })
    .map((id) => (session: Play) => session.dispatch("MESSAGE_CREATE", id, mention(String(id)))),
);

describe("whatever Discord does, in whatever order", () => {
  it("there is one socket at most, silent before HELLO, and no more than 200 sessions are begun in a day", ({
    expect,
  }) => {
    fc.assert(
      fc.property(
        fc.array(ordered, { maxLength: 200, size: "max" }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (events, random) => {
          const session = play({ timing: impatient, random });
          session.ensure();
          for (const event of events) event(session);
          expect(mostInADay(session.identifies)).toBeLessThanOrEqual(maxIdentifiesPerDay);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("the budget of a day lasts for the day, through evictions and what is fatal", ({ expect }) => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("evict", "fatal", "invalid", "timed out"), { minLength: 1, maxLength: 8 }),
        (ways) => {
          const session = play({ timing: impatient });
          for (let time = 0; time < 600; time++) {
            session.ensure();
            session.pass(5_000);
            session.locate();
            session.hello();
            const way = ways[time % ways.length];
            if (way === "invalid") session.say({ op: 9, d: false });
            else if (way === "timed out") session.close(4009);
            else if (way === "evict") session.evict();
            else session.close(4004);
          }
          expect(session.identifies).toHaveLength(maxIdentifiesPerDay);
          for (let hour = 0; hour < 25; hour++) {
            session.ensure();
            session.pass(3_600_000);
            session.locate();
            session.hello();
            session.say({ op: 9, d: false });
          }
          expect(session.identifies.length).toBeGreaterThan(maxIdentifiesPerDay);
          expect(mostInADay(session.identifies)).toBe(maxIdentifiesPerDay);
        },
      ),
      { numRuns: 10 },
    );
  });

  it("with Discord's own patience the budget is never used up", ({ expect }) => {
    const session = play();
    for (let second = 0; second < 24 * 720; second++) {
      session.ensure();
      session.pass(5_000);
      session.locate();
      session.hello();
      session.say({ op: 9, d: false });
    }
    expect(session.identifies.length).toBeGreaterThan(50);
    expect(session.identifies.length).toBeLessThan(maxIdentifiesPerDay);
  });
});
