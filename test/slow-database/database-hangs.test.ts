import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { buildWorkers } from "../../local/build-workers.ts";
import { look, type Sight } from "../chaos/look.ts";
import { createWorld, type World } from "../world.ts";
import { startGate } from "./gate.ts";

let bundles: string;
let gate: Awaited<ReturnType<typeof startGate>>;
let world: World;
beforeAll(async () => {
  bundles = await mkdtemp(join(tmpdir(), "bugbot-slow-database-"));
  await buildWorkers(bundles, join(import.meta.dirname, "worker/index.ts"));
  gate = await startGate();
  world = await createWorld({ bundles, endMs: 150_000, variables: { DATABASE_GATE_URL: gate.url } });
});
afterAll(async () => {
  gate?.hold({});
  await world?.close();
  gate?.close();
  await rm(bundles, { recursive: true, force: true });
});

const report = "https://github.com/acme/shop Apply twice counts twice";
const said = (ts: string) => world.slack.thread(world.channel, ts).filter(({ author }) => author === "bugbot");

async function made(before: Sight) {
  const after = await look(world);
  return {
    issues: after.issues.length - before.issues.length,
    comments: after.comments.length - before.comments.length,
    pulls: after.pulls.length - before.pulls.length,
  };
}

async function ask(eventId: string, text: string) {
  const { body, headers, message } = world.slack.mention(text, { channel: world.channel, eventId });
  expect200(await world.post(body, headers));
  return message.ts;
}

function expect200({ status }: Response): void {
  if (status !== 200) throw new Error(`the gateway answered ${status}`);
}

describe("while D1 is slow", () => {
  it("everything takes longer, and nothing else", { timeout: 180_000 }, async ({ expect }) => {
    const before = await look(world);
    gate.hold({ before: 300, after: 100 });
    const ts = await ask("EvSlow", `contextualize ${report}`);
    expect(await world.settled("EvSlow")).toMatchObject({ outcome: "succeeded" });
    gate.hold({});
    expect(await made(before)).toEqual({ issues: 1, comments: 1, pulls: 0 });
    expect(said(ts)).toHaveLength(1);
  });
});

describe("while D1 never answers", () => {
  it("a command has its one last word all the same, and is done by Retry", { timeout: 240_000 }, async ({ expect }) => {
    const before = await look(world);
    gate.hold({ before: "hang" });
    const ts = await ask("EvHang", `contextualize ${report}`);
    expect(await world.settled("EvHang")).toMatchObject({ outcome: "failed" });
    expect(gate.held()).toBeGreaterThan(0);
    expect(await made(before)).toEqual({ issues: 0, comments: 0, pulls: 0 });
    expect(said(ts)).toMatchObject([{ text: expect.stringMatching(/^❌ Something broke/), buttons: ["Retry"] }]);

    gate.hold({});
    const db = await world.database();
    const row = "SELECT outcome, last_word_at > 0 AS said FROM commands WHERE id = ?";
    const found = await world.until(async () => {
      await db.prepare("UPDATE commands SET started_at = started_at - 120000 WHERE outcome IS NULL").run();
      await world.watchdog();
      const seen = await db.prepare(row).bind("slack-EvHang").first();
      return seen?.["outcome"] && seen["said"] === 1 ? seen : undefined;
    });
    expect(found).toEqual({ outcome: "failed", said: 1 });
    await world.watchdog();
    expect(said(ts)).toHaveLength(1);

    const again = await world.ends(() =>
      world.fromSlack(world.slack.pressButton("Retry", { ts: said(ts)[0]?.ts ?? "" })),
    );
    expect(again.outcome).toBe("succeeded");
    expect(await made(before)).toEqual({ issues: 1, comments: 1, pulls: 0 });
    expect(said(ts)).toHaveLength(2);
  });

  it(
    "but does what it was told, for a few seconds: a fix that is under way goes on",
    { timeout: 240_000 },
    async ({ expect }) => {
      const before = await look(world);
      const ts = await ask("EvMidway", `fix ${report}`);
      await world.until(() => world.github.requests.find(({ path }) => path.endsWith("/git-receive-pack")));
      const held = gate.held();
      gate.hold({ after: "hang" });
      await world.until(() => (gate.held() > held ? true : undefined));
      gate.hold({});
      expect(await world.settled("EvMidway")).toMatchObject({ outcome: "succeeded" });
      expect(await made(before)).toEqual({ issues: 1, comments: 0, pulls: 1 });
      expect(said(ts)).toHaveLength(1);
    },
  );
});
