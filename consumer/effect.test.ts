import { describe, it } from "vitest";
import { Failure } from "../shared/failure.ts";
import type { StepError } from "./endings/dead-letter.ts";
import { backoffMs, briefly, createEffect, type EffectNeeds, untilStopped, type Wait } from "./effect.ts";
import type { Steps } from "./engine.ts";

interface SetUp extends Partial<EffectNeeds> {
  lostAttempts?: number;
  leftMs?: number;
  engine?: Steps;
}

/** A step engine that records names and waits for nothing. */
function setUp({ lostAttempts = 0, leftMs = 60 * 60_000, engine, ...given }: SetUp = {}) {
  const steps: string[] = [];
  const waits: number[] = [];
  const recording: Steps = {
    do: (name, _config, run) => {
      steps.push(name);
      return run({ attempt: 1 + lostAttempts });
    },
    sleep: async (_name, ms) => void waits.push(ms),
    waitForEvent: async (_name, { timeout }) => void waits.push(timeout),
  };
  const errors: StepError[] = [];
  const logs: string[] = [];
  const effect = createEffect(engine ?? recording, "command-1", {
    log: (event) => void logs.push(event),
    deadline: async () => Date.now() + leftMs,
    patienceMs: 0,
    isStopped: async () => false,
    errors,
    random: () => 0.5,
    ...given,
  });
  return { effect, steps, waits, errors, logs };
}

const down = (retryAfterMs?: number) => new Failure("down", { reply: "It is down.", retry: true, retryAfterMs });

describe("an effect", () => {
  it("is tried three times, each a step of its own, with growing waits", async ({ expect }) => {
    const { effect, steps, waits, errors } = setUp();
    await expect(effect("post", () => Promise.reject(down()))).rejects.toMatchObject({
      code: "down",
      reply: "It is down.",
    });
    expect(errors).toMatchObject(
      [1, 2, 3].map((attempt) => ({ step: "post", attempt, error: expect.stringContaining("It is down") })),
    );
    expect(steps).toEqual(["post", "post (attempt 2)", "post (attempt 3)"]);
    expect(waits).toEqual([1000, 2000]);
  });

  it("waits as long as the other side asks", async ({ expect }) => {
    const { effect, waits } = setUp();
    await expect(effect("post", () => Promise.reject(down(30_000)))).rejects.toBeInstanceOf(Failure);
    expect(waits).toEqual([30_000, 30_000]);
  });

  it("does not wait for longer than the command may still take, and says when to try again", async ({ expect }) => {
    const { effect, steps, waits } = setUp({ leftMs: 47 * 60_000 });
    await expect(effect("post", () => Promise.reject(down(7_200_000)))).rejects.toMatchObject({
      code: "down",
      retry: true,
      reply: expect.stringMatching(/^It is down\. Try again in 120 minutes \(\d\d:\d\d UTC\)\.$/),
    });
    expect({ steps, waits }).toEqual({ steps: ["post"], waits: [] });
  });

  it("is not tried again when that cannot help", async ({ expect }) => {
    const { effect, steps } = setUp();
    const refused = new Failure("refused", { reply: "No.", retry: false });
    await expect(effect("post", () => Promise.reject(refused))).rejects.toMatchObject({
      code: "refused",
      retry: false,
    });
    expect(steps).toEqual(["post"]);
  });

  it("that the engine lost is in the history and the log, too", async ({ expect }) => {
    const lost = {
      do: () => Promise.reject(new Error("timed out after 60000 ms")),
      sleep: async () => undefined,
      waitForEvent: async () => undefined,
    };
    const { effect, errors, logs } = setUp({ engine: lost });
    await expect(effect("post", async () => undefined)).rejects.toThrow("timed out");
    expect(errors).toMatchObject([{ step: "post", attempt: 1, error: expect.stringContaining("timed out") }]);
    expect(logs).toEqual(["effect_lost"]);
  });

  it("knows when an earlier attempt may have had its effect", async ({ expect }) => {
    const again: boolean[] = [];
    const note = async (value: boolean) => {
      again.push(value);
      if (again.length === 1) throw down();
      return "done";
    };
    expect(await setUp().effect("post", note)).toBe("done");
    await setUp({ lostAttempts: 1 }).effect("post", note);
    expect(again).toEqual([false, true, true]);
  });

  it("turns a bug into a reply that names the command, and nothing of the bug", async ({ expect }) => {
    const bug = () => Promise.reject(new TypeError("secret is undefined"));
    await expect(setUp().effect("post", bug)).rejects.toMatchObject({
      code: "bug",
      reply: expect.stringMatching(/^(?!.*secret).*command-1/),
    });
  });

  it("is tried for as long as a vendor may be away, and says for how long that was", async ({ expect }) => {
    let clock = 0;
    const engine: Steps = {
      do: (_name, _config, run) => run({ attempt: 1 }),
      sleep: async (_name, ms) => void (clock += ms),
      waitForEvent: async () => undefined,
    };
    const { effect } = setUp({ patienceMs: 5 * 60_000, engine, now: () => clock });
    const failing = effect("look up", () => Promise.reject(down()));
    await expect(failing).rejects.toMatchObject({ reply: "It is down. I tried for 4 minutes." });
    // 1, 2, 4, 8, 16, 32 s, and then a minute each: the next one would be too late.
    expect(clock).toBe(243_000);
  });

  it("that its caller can do without is tried three times, and a bug is, too", async ({ expect }) => {
    for (const [error, options] of [
      [down(), briefly],
      [new TypeError("x is undefined"), {}],
    ] as const) {
      const { effect, steps } = setUp({ patienceMs: 5 * 60_000 });
      await expect(effect("post", () => Promise.reject(error), options)).rejects.toBeInstanceOf(Failure);
      expect(steps).toHaveLength(3);
    }
  });

  it("is given up at its next failure once somebody has asked to stop", async ({ expect }) => {
    const { effect, steps } = setUp({ patienceMs: 5 * 60_000, isStopped: async () => true });
    await expect(effect("look up", () => Promise.reject(down()), untilStopped)).rejects.toMatchObject({
      code: "stopped",
      retry: false,
    });
    expect(steps).toHaveLength(1);
    // Nor does the attempt after the wait begin in which it was asked.
    let isAsked = false;
    const later = setUp({ patienceMs: 5 * 60_000, isStopped: async () => isAsked });
    const asked = later.effect("create issue", () => Promise.reject(down(20_000)), {
      ...untilStopped,
      onWait: () => (isAsked = true),
    });
    await expect(asked).rejects.toMatchObject({ code: "stopped", reply: "Stopped." });
    expect(later.steps).toEqual(["create issue", "create issue (attempt 2)"]);
    expect(later.errors).toHaveLength(2);
    // What has to be done all the same is done.
    let tries = 0;
    const late = () => (++tries < 3 ? Promise.reject(down()) : Promise.resolve("taken back"));
    expect(await effect("take back push", late)).toBe("taken back");
  });

  it("that its caller can do without is not waited for when the other side asks for long", async ({ expect }) => {
    const { effect, waits } = setUp({ patienceMs: 5 * 60_000 });
    await expect(effect("mark", () => Promise.reject(down(12 * 60_000)), briefly)).rejects.toMatchObject({
      reply: "It is down.",
    });
    expect(waits).toEqual([]);
  });

  it("tells that a wait is over that was given up, too", async ({ expect }) => {
    const told: Wait[] = [];
    const { effect } = setUp({ patienceMs: 0 });
    const failing = effect("look up", () => Promise.reject(down(5_000)), { onWait: (wait) => void told.push(wait) });
    await expect(failing).rejects.toBeInstanceOf(Failure);
    expect(told.map(({ reply }) => reply)).toEqual(["It is down.", undefined]);
  });

  it("tells of a wait that a person notices, once, and of its end", async ({ expect }) => {
    const told: Wait[] = [];
    const { effect } = setUp({ patienceMs: 5 * 60_000 });
    let tries = 0;
    const back = () => (++tries < 6 ? Promise.reject(down()) : Promise.resolve("back"));
    expect(await effect("look up", back, { onWait: (wait) => void told.push(wait) })).toBe("back");
    expect(told).toEqual([
      { effect: "look up", reply: "It is down." },
      { effect: "look up", reply: undefined },
    ]);
  });

  it("waits in a replay exactly as long as it has waited, whatever chance would say now", async ({ expect }) => {
    const records = new Map<string, string>();
    const sleeps: [string, number][][] = [];
    for (const random of [() => 0.1, () => 0.9]) {
      const slept: [string, number][] = [];
      sleeps.push(slept);
      const { effect } = setUp({ random, engine: replayingEngine(records, slept) });
      await expect(effect("post", () => Promise.reject(down()))).rejects.toMatchObject({ code: "down" });
    }
    expect(sleeps[0]).toHaveLength(2);
    expect(sleeps[1]).toEqual(sleeps[0]);
  });

  it("goes on from what an earlier version recorded of its failure", async ({ expect }) => {
    const at = Date.now();
    const failed = { code: "down", reply: "It is down.", retry: true, retryAfterMs: 7_000, error: "down", at };
    const records = new Map([["post", JSON.stringify({ failed })]]);
    const slept: [string, number][] = [];
    const { effect } = setUp({ engine: replayingEngine(records, slept) });
    expect(await effect("post", async () => "done")).toBe("done");
    expect(slept).toEqual([["post (wait 1)", 7_000]]);
  });
});

/** Answers from what was recorded as JSON, as an engine does that takes up a run again. */
function replayingEngine(records: Map<string, string>, slept: [string, number][]): Steps {
  return {
    do: async (name, _config, run) => {
      const known = records.get(name);
      if (known !== undefined) return JSON.parse(known);
      const result = await run({ attempt: 1 });
      records.set(name, JSON.stringify(result));
      return result;
    },
    sleep: async (name, ms) => void slept.push([name, ms]),
    waitForEvent: async () => undefined,
  };
}

it("backs off between half and one and a half of each doubling, a minute at most", ({ expect }) => {
  expect([backoffMs(1, 0), backoffMs(1, 1), backoffMs(3, 0.5), backoffMs(20, 0.5)]).toEqual([500, 1500, 4000, 60_000]);
  expect(backoffMs(20, 0.5, 24 * 60 * 60_000)).toBe(864_000);
});
