import { afterAll, beforeAll, describe, it } from "vitest";
import { demoCustomer } from "../local/demo-behaviour.ts";
import { localAdminKey } from "../shared/local-admin-key.ts";
import { look } from "./chaos/look.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.close());

const said = (ts: string) => world.slack.thread(world.channel, ts).filter(({ author }) => author === "bugbot");

/** A command that has filed its issue, and whose sources of evidence take their time. */
async function askSlowly(eventId: string) {
  const filed = world.linear.workspace.issues.length;
  world.posthog.delay(4_000);
  const text = `contextualize Apply twice counts twice. ${demoCustomer.email} noticed. ${eventId}`;
  const { body, headers, message } = world.slack.mention(text, { channel: world.channel, eventId });
  await world.post(body, headers);
  await world.until(() => (world.linear.workspace.issues.length > filed ? true : undefined));
  world.posthog.delay(0);
  return message.ts;
}

async function stopByApi(id: string) {
  const response = await fetch(`${world.url}/api/tasks/${id}/stop`, {
    method: "POST",
    headers: { authorization: `Bearer ${localAdminKey}` },
  });
  return { status: response.status, answer: await response.json() };
}

describe("a contextualize that is asked to stop", () => {
  it.for([
    ["in its thread", "EvInThread"],
    ["by an operator", "EvByOperator"],
  ] as const)(
    "%s stops at its next stage, says what had been done, and writes nothing more",
    async ([where, eventId], { expect }) => {
      const before = await look(world);
      const ts = await askSlowly(eventId);
      if (where === "in its thread") {
        const stop = await world.mention("stop", { threadTs: ts });
        expect(stop.replies.map(({ text }) => text)).toContain("Stopping.");
      } else {
        expect(await stopByApi(`slack-${eventId}`)).toEqual({
          status: 200,
          answer: { id: `slack-${eventId}`, status: "stopping" },
        });
      }
      expect(await world.settled(eventId)).toMatchObject({ outcome: "stopped" });
      const [word] = said(ts);
      const issue = world.linear.workspace.issues.at(-1)?.identifier;
      expect(word?.text).toMatch(new RegExp(`^Stopped\\. .*${issue}.* was filed before\\.$`));
      expect(word?.buttons).toContain("Retry");
      const asked = world.slack.thread(world.channel, ts).find((message) => message.ts === ts);
      expect(asked?.reactions).toEqual([]);
      const after = await look(world);
      expect(after).toEqual({ ...before, issues: after.issues });
      expect(after.issues).toHaveLength(before.issues.length + 1);
    },
  );
});

describe("what is answered at once", () => {
  it("cannot be stopped, and the operator is told why", async ({ expect }) => {
    await world.mention("help", { eventId: "EvHelp" });
    const db = await world.database();
    await db.prepare("UPDATE commands SET outcome = NULL WHERE id = 'slack-EvHelp'").run();
    expect(await stopByApi("slack-EvHelp")).toEqual({
      status: 409,
      answer: { error: { code: "no_work", message: expect.stringMatching(/is a help, which is answered at once/) } },
    });
    expect(
      await db.prepare("SELECT stop_requested_at AS stop FROM commands WHERE id = 'slack-EvHelp'").first(),
    ).toEqual({ stop: null });
  });
});
