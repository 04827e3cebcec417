import { describe, it } from "vitest";
import { connected, play, readyData } from "./mention-play.ts";
import { nameOf } from "./mention-state.ts";

describe("a connection that ends", () => {
  it.for([1000, 1001, 1005, 1006, 4000, 4001, 4002, 4003, 4005, 4008, 4999])(
    "with %i is resumed",
    (code, { expect }) => {
      const session = connected();
      session.close(code);
      session.pass(1_000);
      expect(session.hello()).toContainEqual({ kind: "resume", sessionId: "s1", sequence: 1 });
    },
  );

  it.for([4007, 4009])("with %i begins a new session", (code, { expect }) => {
    const session = connected();
    session.close(code);
    expect(session.state().memory.session).toBeUndefined();
    session.pass(6_000);
    session.locate();
    expect(session.hello()).toContainEqual({ kind: "identify" });
  });

  it.for([4004, 4010, 4011, 4012, 4013, 4014])(
    "with %i is tried again every hour, and no sooner",
    (code, { expect }) => {
      const session = connected();
      session.close(code);
      for (let minute = 0; minute < 24 * 60; minute++) {
        expect(session.ensure().length > 0).toBe(minute > 0 && minute % 60 === 0);
        if (nameOf(session.state()) === "connecting") {
          expect(session.state().reason).toContain(String(code));
          session.locate();
          session.hello();
          session.close(code);
        }
        session.evict();
        expect(nameOf(session.state())).toBe("fatal");
        expect(session.state().memory.fatal).toContain(String(code));
        session.pass(60_000);
      }
      expect(session.identifies).toHaveLength(24);
    },
  );

  it("by a refused token at Discord's API is tried again every hour, without an IDENTIFY", ({ expect }) => {
    const session = play();
    for (let minute = 0; minute < 24 * 60; minute++) {
      session.ensure();
      session.put({ kind: "not_located", reason: "refused", fatal: true, retryAfterMs: 0 });
      session.pass(60_000);
    }
    expect(session.did("locate")).toHaveLength(24);
    expect(session.identifies).toEqual([]);
  });

  it("for good is connected again once it was mended, and is fatal no more", ({ expect }) => {
    const session = connected();
    session.close(4014);
    session.pass(3_600_000);
    session.ensure();
    session.locate();
    session.hello();
    session.dispatch("READY", 1, readyData);
    expect(nameOf(session.state())).toBe("connected");
    session.evict();
    expect(nameOf(session.state())).toBe("connecting");
  });

  it("for good is tried again at once with another token", ({ expect }) => {
    const another = connected();
    another.close(4004);
    another.pass(60_000);
    expect(another.put({ kind: "ensure", configuration: "another token" })).toEqual([{ kind: "locate" }]);
  });

  it("without a HELLO three times is looked for at the general address, and still resumed", ({ expect }) => {
    const session = connected();
    session.close(1006);
    for (let times = 0; times < 3; times++) {
      session.pass(10_000);
      session.close(1006);
    }
    session.pass(10_000);
    session.locate(0);
    expect(session.actions.findLast(({ kind }) => kind === "open")).toMatchObject({
      url: "wss://gateway.test/?v=10&encoding=json",
    });
    expect(session.hello()).toContainEqual({ kind: "resume", sessionId: "s1", sequence: 1 });
  });

  it("by a refused RESUME three times begins a new session", ({ expect }) => {
    const session = connected();
    session.close(4000);
    for (let times = 0; times < 3; times++) {
      session.pass(10_000);
      session.hello();
      session.close(4003);
    }
    expect(session.state().memory.session).toBeUndefined();
  });

  it("is heard no more", ({ expect }) => {
    const session = connected();
    session.close(1006);
    session.pass(1_000);
    expect(session.sayLate({ op: 9, d: false })).toEqual([]);
    expect(session.put({ kind: "closed", connection: 1, code: 4004 })).toEqual([]);
    expect(session.state().memory.session).toBeDefined();
  });
});
