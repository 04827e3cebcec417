import { afterAll, beforeAll, describe, it } from "vitest";
import { reportedAt } from "../consumer/evidence/reported.ts";
import { readReport } from "../consumer/report/read-report.ts";
import { dayMs } from "../shared/limits.ts";
import { findReferences } from "../shared/references/reference.ts";
import { createEvidenceWorld, type EvidenceWorld } from "./evidence-world.ts";

let world: EvidenceWorld;
beforeAll(async () => {
  world = await createEvidenceWorld();
});
afterAll(() => world?.close());

const hourMs = dayMs / 24;
const email = "bob@customers.example";
const shop = "https://github.com/acme/shop";

it("looks for recordings around the report at the thread's head, not around the command", async ({ expect }) => {
  const lastWeek = Date.now() - 6 * dayMs;
  const sessionOf = (n: number) => `019ab5d4-7c10-7a3e-8c3d-${String(n).padStart(12, "0")}`;
  const record = (n: number, startedAt: number) =>
    world.posthog.addRecording({ sessionId: sessionOf(n), distinctId: "bob", startedAt, durationMs: hourMs / 2 });
  world.posthog.addPerson({ distinctIds: ["bob"], email });
  record(1, lastWeek - hourMs);
  for (let n = 2; n < 40; n++) record(n, lastWeek + n * 2 * hourMs);

  const head = { author: "U0ANN", text: `The total is wrong for ${email}`, at: lastWeek };
  const { issue } = await world.ask(shop, { earlier: [head, { author: "U0BO", text: "me too", at: Date.now() }] });
  const filed = world.linear.workspace.issues.find(({ identifier }) => identifier === issue);
  const { body = "" } = world.linear.workspace.comments.find(({ issueId }) => issueId === filed?.id) ?? {};
  expect(body.match(/\/replay\/[0-9a-f-]+/g)).toEqual([`/replay/${sessionOf(1)}`]);
});

describe("a report's time", () => {
  const [now, before, longBefore] = [Date.UTC(2026, 10, 20), Date.UTC(2026, 10, 12), Date.UTC(2026, 10, 1)];
  const command = {
    v: 1,
    id: "slack-Ev1",
    name: "contextualize",
    conversation: { platform: "slack", teamId: "T0ACME", channelId: "C0BUGS", threadId: "1.1", messageId: "1.2" },
    author: { id: "U0ALICE" },
    receivedAt: now,
  } as const;
  const said = (text: string, at: number) => ({ author: "U0ANN", text, at });
  const menu = { report: { text: "It broke", author: "U0ANN" }, reportedAt: before };

  it.for([
    ["its own, where the asker reports it", "The total is wrong", {}, [], now],
    ["that of the thread's head, where only that reports it", shop, {}, [said("It broke", longBefore)], longBefore],
    ["that of the message a menu was used on", "", menu, [said("Hello", longBefore)], before],
    ["that of the message it quotes", "Ann wrote: it broke", { reportedAt: before }, [], before],
    [
      "that of whoever first named the person, where the asker does not",
      "Please look at this",
      {},
      [said("It broke", longBefore), said(`for ${email}`, before), said(`again ${email}`, now)],
      before,
    ],
    ["its own, where the asker names the person", `${email} too`, {}, [said("It broke", longBefore)], now],
  ] as const)("is %s", ([, text, more, earlier, at], { expect }) => {
    const asked = { ...command, text, references: findReferences(text), ...more };
    expect(reportedAt(readReport(asked, earlier))).toBe(at);
  });
});
