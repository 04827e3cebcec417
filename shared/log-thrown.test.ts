import { describe, it, vi } from "vitest";
import { logThrown } from "./log-thrown.ts";

const env = { SLACK_BOT_TOKEN: "xoxb-0123456789" };
const queue = { worker: "consumer", env, handler: "queue" } as const;

/** What is logged while `run` runs, and what it throws. */
async function logged(run: () => Promise<unknown>) {
  const print = vi.spyOn(console, "log").mockImplementation(() => undefined);
  try {
    const thrown: unknown = await run().catch((error: unknown) => error);
    return { thrown, lines: print.mock.calls.map(([line]): unknown => JSON.parse(String(line))) };
  } finally {
    print.mockRestore();
  }
}
const throws = (error: unknown) => () => {
  throw error;
};

describe("what a handler throws", () => {
  it("is thrown on, and logged without secrets and with its stack", async ({ expect }) => {
    const error = new TypeError("no xoxb-0123456789");
    const { thrown, lines } = await logged(() => logThrown({ ...queue, commandId: "slack-Ev1" }, throws(error)));
    expect(thrown).toBe(error);
    expect(lines).toEqual([
      {
        worker: "consumer",
        event: "threw",
        handler: "queue",
        commandId: "slack-Ev1",
        error: "TypeError: no [redacted]",
        stack: expect.stringMatching(/^TypeError: no \[redacted\]\n +at /),
      },
    ]);
  });

  it("is logged once, where it was thrown first", async ({ expect }) => {
    const inner = () => logThrown({ ...queue, handler: "alarm" }, throws(new Error("x")));
    expect((await logged(() => logThrown(queue, inner))).lines).toMatchObject([{ handler: "alarm" }]);
    const elsewhere = Object.assign(new Error("x"), { remote: true });
    expect((await logged(() => logThrown(queue, throws(elsewhere)))).lines).toEqual([]);
  });

  it("is logged where it is no error at all", async ({ expect }) => {
    const { thrown, lines } = await logged(() => logThrown(queue, throws("a word")));
    expect(thrown).toBe("a word");
    expect(lines).toMatchObject([{ event: "threw", error: "a word" }]);
  });

  it("is logged by its name alone where nobody can say what is secret", async ({ expect }) => {
    const unreadable = {
      get SLACK_BOT_TOKEN(): string {
        throw new TypeError("unreadable");
      },
    };
    const { lines } = await logged(() => logThrown({ ...queue, env: unreadable }, throws(new TypeError("xoxb-1"))));
    expect(lines).toEqual([{ worker: "consumer", event: "threw", handler: "queue", error: "TypeError" }]);
  });
});

it("answers what the handler answers, and logs nothing", async ({ expect }) => {
  expect(await logged(() => logThrown(queue, () => 7))).toEqual({ thrown: 7, lines: [] });
});
