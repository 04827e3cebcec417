import { describe, it } from "vitest";
import { Failure } from "../shared/failure.ts";
import type { StepError } from "./endings/dead-letter.ts";
import { backoffMs, createEffect, type Steps } from "./effect.ts";

/** A step engine that records names and waits for nothing. */
function setUp({ lostAttempts = 0, leftMs = 60 * 60_000 } = {}) {
  const steps: string[] = [];
  const waits: number[] = [];
  const engine: Steps = {
    do: (name, _config, run) => {
      steps.push(name);
      return run({ attempt: 1 + lostAttempts });
    },
    sleep: async (_name, ms) => void waits.push(ms),
  };
  const errors: StepError[] = [];
  const effect = createEffect(engine, "command-1", {
    log: () => undefined,
    deadline: async () => Date.now() + leftMs,
    errors,
    random: () => 0.5,
  });
  return { effect, steps, waits, errors };
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
    const errors: StepError[] = [];
    const logs: string[] = [];
    const effect = createEffect(
      { do: () => Promise.reject(new Error("timed out after 60000 ms")), sleep: async () => undefined },
      "command-1",
      { log: (event) => void logs.push(event), deadline: async () => Date.now(), errors },
    );
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
});

it("backs off between half and one and a half of each doubling, a minute at most", ({ expect }) => {
  expect([backoffMs(1, 0), backoffMs(1, 1), backoffMs(3, 0.5), backoffMs(20, 0.5)]).toEqual([500, 1500, 4000, 60_000]);
});
