import { describe, it } from "vitest";
import { connected, play, readyData } from "./mention-play.ts";
import { nameOf } from "./mention-state.ts";

describe("connecting", () => {
  it("asks where to, waits for HELLO, identifies, and is connected with READY", ({ expect }) => {
    const session = play();
    expect(session.ensure()).toEqual([{ kind: "locate" }]);
    expect(session.locate()).toEqual([
      { kind: "open", connection: 1, url: "wss://gateway.test/?v=10&encoding=json" },
      { kind: "timer", name: "hello", afterMs: 20_000 },
    ]);
    expect(session.hello(40_000)).toEqual([
      { kind: "timer", name: "heartbeat", afterMs: 20_000 },
      { kind: "identify" },
    ]);
    expect(nameOf(session.state())).toBe("connecting");
    session.dispatch("READY", 1, readyData);
    expect(nameOf(session.state())).toBe("connected");
    expect(session.state().memory.session).toEqual({
      id: "s1",
      url: "wss://resume.test",
      botUserId: "100",
      sequence: 1,
    });
  });

  it("is done once, however often it is asked for", ({ expect }) => {
    const session = play();
    for (let times = 0; times < 3; times++) session.ensure();
    session.locate();
    session.locate();
    session.ensure();
    session.hello();
    session.ensure();
    expect(session.did("locate", "open", "identify")).toEqual(["locate", "open", "identify"]);
  });

  it("waits longer from one failure to the next, and a minute at most", ({ expect }) => {
    const session = play();
    session.ensure();
    const waits = Array.from({ length: 9 }, () => {
      const [, timer] = session.put({ kind: "not_located", reason: "503", fatal: false, retryAfterMs: 0 });
      session.pass(60_000);
      return timer?.kind === "timer" ? timer.afterMs : 0;
    });
    expect(waits).toEqual([750, 1500, 3000, 6000, 12_000, 24_000, 45_000, 45_000, 45_000]);
  });

  it("waits as long as Discord's rate limit says", ({ expect }) => {
    const session = play();
    session.ensure();
    const done = session.put({ kind: "not_located", reason: "429", fatal: false, retryAfterMs: 9_000 });
    expect(done).toContainEqual({ kind: "timer", name: "connect", afterMs: 9_000 });
  });

  it("waits until Discord allows new sessions again, but resumes all the same", ({ expect }) => {
    const session = play();
    session.ensure();
    expect(session.locate(0)).toContainEqual({ kind: "timer", name: "connect", afterMs: 3_600_000 });
    expect(session.did("open")).toEqual([]);
  });

  it("starts over when no HELLO comes", ({ expect }) => {
    const session = play();
    session.ensure();
    session.locate();
    session.pass(20_000);
    expect(session.did("close")).toHaveLength(1);
    session.pass(1_000);
    expect(session.did("locate")).toHaveLength(2);
  });
});

describe("heartbeats", () => {
  it("tell the last event that was dealt with, and are answered", ({ expect }) => {
    const session = connected();
    session.dispatch("TYPING_START", 7);
    session.pass(20_625);
    expect(session.actions.at(-2)).toEqual({ kind: "heartbeat", sequence: 7 });
    expect(session.state().memory.session?.sequence).toBe(7);
    session.say({ op: 11 });
    session.pass(41_250);
    expect(session.did("heartbeat", "close")).toEqual(["heartbeat", "heartbeat"]);
  });

  it("unanswered by the next one end the connection, and it is resumed", ({ expect }) => {
    const session = connected();
    session.pass(20_625 + 41_250);
    expect(session.did("heartbeat", "close")).toEqual(["heartbeat", "close"]);
    expect(session.actions).toContainEqual({ kind: "close", code: 4000 });
    session.pass(1_000);
    expect(session.hello()).toContainEqual({ kind: "resume", sessionId: "s1", sequence: 1 });
  });

  it("asked for are sent at once", ({ expect }) => {
    expect(connected().say({ op: 1 })).toEqual([{ kind: "heartbeat", sequence: 1 }]);
    const early = play();
    early.ensure();
    early.locate();
    expect(early.say({ op: 1 })).toEqual([]);
    early.hello();
    expect(early.say({ op: 1 })).toEqual([{ kind: "heartbeat", sequence: undefined }]);
  });

  it("lost with the object's timers are noticed by its alarm", ({ expect }) => {
    const session = connected();
    session.evict();
    expect(session.ensure()).toContainEqual(
      expect.objectContaining({ kind: "open", url: "wss://resume.test/?v=10&encoding=json" }),
    );
  });
});

describe("what Discord asks for", () => {
  it("opcode 7 and opcode 9 with d true are a RESUME", ({ expect }) => {
    for (const payload of [{ op: 7 as const }, { op: 9 as const, d: true }]) {
      const session = connected();
      expect(session.say(payload)).toContainEqual({ kind: "close", code: 4000 });
      session.pass(1_000);
      expect(session.hello()).toContainEqual({ kind: "resume", sessionId: "s1", sequence: 1 });
    }
  });

  it("opcode 9 with d false is a new IDENTIFY after one to five seconds", ({ expect }) => {
    const session = connected();
    expect(session.say({ op: 9, d: false })).toContainEqual({ kind: "timer", name: "connect", afterMs: 3_000 });
    session.pass(6_000);
    session.locate();
    expect(session.hello()).toContainEqual({ kind: "identify" });
  });
});

it("leaves for good when it is switched off, and comes back when it is on", ({ expect }) => {
  const session = connected();
  expect(session.put({ kind: "stop", reason: "off" })).toEqual([{ kind: "close", code: 1000 }]);
  session.pass(3_600_000);
  expect(session.put({ kind: "stop", reason: "off" })).toEqual([]);
  expect(nameOf(session.state())).toBe("off");
  expect(session.ensure()).toEqual([{ kind: "locate" }]);
});
