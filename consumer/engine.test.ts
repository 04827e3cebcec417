import { describe, it } from "vitest";
import { createEngine, type Steps } from "./engine.ts";

const config = { retries: { limit: 2, delay: 1000, backoff: "exponential" as const }, timeout: 60_000 };
const paused = new Error("Aborting engine: User called pause");

/** An engine whose `do` and `sleep` throw what is given, or do as they are told. */
function stepsThatThrow(error: Error | undefined): Steps {
  const ask = async (): Promise<void> => {
    if (error) throw error;
  };
  return {
    do: async (_name, _config, run) => {
      await ask();
      return run({ attempt: 1 });
    },
    sleep: ask,
    waitForEvent: ask,
  };
}

/** Whether it answers, in either way, before the event loop is idle. */
async function answers(promise: Promise<unknown>): Promise<boolean> {
  const told = promise.then(
    () => true,
    () => true,
  );
  return Promise.race([told, new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 20))]);
}

describe("a run that its engine ends", () => {
  it.for(["do", "sleep", "waitForEvent"] as const)(
    "hears nothing of it from %s, and begins nothing more",
    async (way, { expect }) => {
      const engine = createEngine(stepsThatThrow(paused));
      const done: string[] = [];
      const asked = {
        do: () => engine.do("post", config, async () => void done.push("post")),
        sleep: () => engine.sleep("wait", 1),
        waitForEvent: () => engine.waitForEvent("approval", { type: "approval", timeout: 1 }),
      }[way]();
      expect(await answers(asked)).toBe(false);
      await expect(engine.over).rejects.toBe(paused);
      expect(await answers(engine.do("next", config, async () => void done.push("next")))).toBe(false);
      expect(done).toEqual([]);
    },
  );

  it("is told of a step that took too long, and of an event that did not come", async ({ expect }) => {
    const engine = createEngine(stepsThatThrow(new Error("Execution timed out after 60000ms")));
    await expect(engine.do("post", config, async () => undefined)).rejects.toThrow("timed out");
    await expect(engine.waitForEvent("approval", { type: "approval", timeout: 1 })).rejects.toThrow("timed out");
    expect(await answers(engine.over)).toBe(false);
  });
});
