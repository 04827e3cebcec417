import { it } from "vitest";
import { connected, mention } from "./mention-play.ts";
import { nameOf } from "./mention-state.ts";

it("a mention moves the sequence only once the queue has it", ({ expect }) => {
  const session = connected();
  session.dispatch("MESSAGE_CREATE", 2, mention("500"));
  session.dispatch("MESSAGE_CREATE", 3, mention("501"));
  expect(session.enqueued.map(({ id }) => id)).toEqual(["discord-500"]);
  expect(session.state()).toMatchObject({ sequence: 1, memory: { session: { sequence: 1 } } });
  session.put({ kind: "enqueued" });
  expect(session.state()).toMatchObject({
    sequence: 2,
    memory: { session: { sequence: 2 }, recent: ["discord-500"] },
  });
  expect(session.enqueued.map(({ id }) => id)).toEqual(["discord-500", "discord-501"]);
});

it("a mention that the queue refuses is asked for again by a RESUME before it", ({ expect }) => {
  const session = connected();
  session.dispatch("MESSAGE_CREATE", 2, mention("500"));
  session.dispatch("MESSAGE_CREATE", 3, mention("501"));
  expect(session.put({ kind: "refused" })).toContainEqual({ kind: "close", code: 4000 });
  session.pass(1_000);
  expect(session.hello()).toContainEqual({ kind: "resume", sessionId: "s1", sequence: 1 });
  expect(session.enqueued).toHaveLength(1);
});

it("a mention that comes again while the queue still thinks about it is enqueued once", ({ expect }) => {
  const session = connected();
  session.dispatch("MESSAGE_CREATE", 2, mention("500"));
  session.close(1006);
  session.pass(1_000);
  session.hello();
  session.dispatch("MESSAGE_CREATE", 2, mention("500"));
  session.dispatch("RESUMED", 3);
  session.put({ kind: "enqueued" });
  expect(session.enqueued).toHaveLength(1);
  expect(session.state().sequence).toBe(3);
  expect(nameOf(session.state())).toBe("connected");
});
