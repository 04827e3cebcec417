import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import * as z from "zod";
import { createRunner, type Runner } from "../../cli/run-bugbot.ts";
import { buildWorkers, workers } from "../../local/build-workers.ts";
import { standInCredentials } from "../../local/stand-ins.ts";
import { createWorld, type World } from "../world.ts";

let bundles: string;
let runner: Runner;
let world: World;
beforeAll(async () => {
  bundles = await mkdtemp(join(tmpdir(), "bugbot-thrown-"));
  await buildWorkers(bundles, join(import.meta.dirname, "worker/index.ts"));
  runner = await createRunner();
  world = await createWorld({ bundles, keepsLog: true });
});
afterAll(async () => {
  await world?.close();
  await runner?.remove();
  await rm(bundles, { recursive: true, force: true });
});

const lineSchema = z.object({
  event: z.literal("threw"),
  worker: z.string(),
  handler: z.string(),
  commandId: z.string().optional(),
  error: z.string(),
  stack: z.string(),
});
const thrown = (handler: string) =>
  world.logs
    .filter((line) => line.includes('"event":"threw"'))
    .map((line) => lineSchema.parse(JSON.parse(line)))
    .filter((line) => line.handler === handler);
const ask = (eventId: string, words: string) => {
  const { body, headers } = world.slack.mention(words, { channel: world.channel, eventId });
  return world.post(body, headers);
};

/** Runs the consumer's cron trigger by another name. */
async function trigger(cron: string): Promise<string> {
  return (await (await world.workers.getWorker(workers.consumer.name)).scheduled({ cron })).outcome;
}

describe("what nobody catches is in the log, once, and with its stack", () => {
  it("of the queue's handler, whose message is delivered again", async ({ expect }) => {
    await ask("EvQueue", "fix case-queue");
    await world.until(() => (thrown("queue").length >= 2 ? true : undefined));
    expect(thrown("queue")[0]).toEqual({
      event: "threw",
      worker: "consumer",
      handler: "queue",
      error: "TypeError: no database with [redacted] today",
      stack: expect.stringMatching(/^TypeError: no database with \[redacted\] today\n +at .*\n +at .*/),
    });
    expect(world.logs.join("\n")).not.toContain(standInCredentials.githubToken);

    const { stdout } = await runner.bugbot("logs", { BUGBOT_URL: world.url });
    expect(stdout).toMatch(
      / consumer threw handler=queue error=TypeError: no database with \[redacted\] today\n {4}at .*\n/,
    );
  });

  it("of the cron trigger, which ends as one that failed", async ({ expect }) => {
    expect(await trigger("broken")).toBe("exception");
    expect(thrown("scheduled")).toHaveLength(1);
    expect(await trigger("* * * * *")).toBe("ok");
    expect(thrown("scheduled")).toHaveLength(1);
  });

  it("of a Workflow, with its command", async ({ expect }) => {
    await ask("EvWorkflow", "help");
    await world.until(() => thrown("workflow")[0]);
    expect(thrown("workflow")).toEqual([expect.objectContaining({ commandId: "slack-EvWorkflow" })]);
  });

  it.for([
    ["listener", "RangeError: thrown in a listener"],
    ["promise", "RangeError: thrown later"],
  ] as const)("of a %s", async ([name, error], { expect }) => {
    await trigger(name);
    await world.until(() => thrown(name)[0]);
    expect(thrown(name)).toEqual([expect.objectContaining({ worker: "consumer", error })]);
  });
});
