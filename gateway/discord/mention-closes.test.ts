import { describe, it } from "vitest";
import { connected } from "./mention-play.ts";
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

  it.for([4004, 4010, 4011, 4012, 4013, 4014])("with %i is not tried again", (code, { expect }) => {
    const session = connected();
    session.close(code);
    session.pass(48 * 3_600_000);
    session.ensure();
    session.evict();
    session.ensure();
    expect(session.did("open")).toHaveLength(1);
    expect(nameOf(session.state())).toBe("fatal");
    expect(session.state().memory.fatal).toContain(String(code));
  });

  it("for good is tried again with another token, or when an operator says so", ({ expect }) => {
    const another = connected();
    another.close(4004);
    another.pass(60_000);
    expect(another.put({ kind: "ensure", configuration: "another token" })).toEqual([{ kind: "locate" }]);
    const restarted = connected();
    restarted.close(4004);
    restarted.pass(60_000);
    expect(restarted.put({ kind: "restart" })).toEqual([{ kind: "locate" }]);
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
