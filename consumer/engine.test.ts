import { describe, it } from "vitest";
import { createEngine, type Steps } from "./engine.ts";

const config = { retries: { limit: 2, delay: 1000, backoff: "exponential" as const }, timeout: 60_000 };
const paused = new Error("Aborting engine: User called pause");

/** An engine that throws this once, and would do afterwards as it is told. */
function stepsThatThrow(error: Error): Steps {
  let isThrown = false;
  const ask = async (): Promise<void> => {
    if (isThrown) return;
    isThrown = true;
    throw error;
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
    const late = () => createEngine(stepsThatThrow(new Error("Execution timed out after 60000ms")));
    const engine = late();
    await expect(engine.do("post", config, async () => undefined)).rejects.toThrow("timed out");
    await expect(late().waitForEvent("approval", { type: "approval", timeout: 1 })).rejects.toThrow("timed out");
    expect(await answers(engine.over)).toBe(false);
    expect(await engine.do("next", config, async () => "done")).toBe("done");
  });

  it("does not do what its engine asks for late", async ({ expect }) => {
    const done: string[] = [];
    let begin: () => void = () => undefined;
    const steps: Steps = {
      ...stepsThatThrow(paused),
      // It holds a step back until it is asked to go on, as an engine does that comes to rest.
      do: async (_name, _config, run) => {
        await new Promise<void>((resolve) => (begin = resolve));
        return run({ attempt: 1 });
      },
    };
    const left: unknown[] = [];
    const engine = createEngine(steps, (error) => void left.push(error));
    const held = engine.do("post", config, async () => void done.push("post"));
    void engine.sleep("wait", 1);
    await expect(engine.over).rejects.toBe(paused);
    begin();
    expect(await answers(held)).toBe(false);
    expect(done).toEqual([]);
    expect(left).toEqual([paused]);
  });
});
