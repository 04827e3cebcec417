import type { Command } from "../../shared/command.ts";
import { defaultTiming, type Timing } from "./mention-limits.ts";
import type { Payload } from "./mention-payload.ts";
import { step } from "./mention-session.ts";
import { type Action, emptyMemory, initialState, type Input, memorySchema, type TimerName } from "./mention-state.ts";

export const botUserId = "100";
export const readyData = { session_id: "s1", resume_gateway_url: "wss://resume.test", user: { id: botUserId } };
export const configuration = "token and intents";

/** For tests: plays a session with a clock, a socket and timers of its own, and fails on what Discord forbids. */
export function play({ timing = defaultTiming, random = 0.5 }: { timing?: Timing; random?: number } = {}) {
  let now = 1_790_000_000_000;
  let state = initialState(emptyMemory, now);
  let socket: { connection: number; greeted: boolean; handshaken: boolean } | undefined;
  let timers = new Map<TimerName, number>();
  const actions: Action[] = [];
  const identifies: number[] = [];
  const enqueued: Command[] = [];

  function put(input: Input): Action[] {
    const result = step(state, input, { now, random }, timing);
    state = result.state;
    for (const action of result.actions) perform(action);
    actions.push(...result.actions);
    return result.actions;
  }

  function perform(action: Action): void {
    switch (action.kind) {
      case "open":
        if (socket) throw new Error("a second socket was opened");
        socket = { connection: action.connection, greeted: false, handshaken: false };
        return;
      case "close":
        if (!socket) throw new Error("a socket was closed that is not there");
        socket = undefined;
        return;
      case "identify":
      case "resume":
        if (!socket?.greeted) throw new Error(`${action.kind} was sent before HELLO`);
        if (socket.handshaken) throw new Error("a second handshake was sent");
        socket.handshaken = true;
        if (action.kind === "resume") return;
        identifies.push(now);
        if (state.memory.identifies.at(-1) !== now) throw new Error("an IDENTIFY was sent that is not stored");
        return;
      case "heartbeat":
        if (!socket?.greeted) throw new Error("a heartbeat was sent before HELLO");
        return;
      case "timer":
        timers.set(action.name, now + action.afterMs);
        return;
      case "enqueue":
        enqueued.push(action.command);
        return;
      case "locate":
      case "log":
        return;
      default:
        action satisfies never;
    }
  }

  /** Lets time pass; timers ring in their order. */
  function pass(ms: number): void {
    const until = now + ms;
    for (;;) {
      const [next] = [...timers].toSorted(([, one], [, other]) => one - other);
      if (!next || next[1] > until) break;
      timers.delete(next[0]);
      now = Math.max(now, next[1]);
      put({ kind: "timer", name: next[0] });
    }
    now = until;
  }

  function say(payload: Payload): Action[] {
    if (!socket) return [];
    if (payload.op === 10) socket.greeted = true;
    return put({ kind: "payload", connection: socket.connection, payload });
  }

  return {
    put,
    pass,
    say,
    actions,
    identifies,
    enqueued,
    state: () => state,
    /** What was done of these kinds, by kind. */
    did: (...kinds: Action["kind"][]) => actions.map(({ kind }) => kind).filter((kind) => kinds.includes(kind)),
    ensure: () => put({ kind: "ensure", configuration }),
    locate: (remaining = 999) =>
      put({ kind: "located", url: "wss://gateway.test", remaining, resetAfterMs: 3_600_000 }),
    hello: (intervalMs = 41_250) => say({ op: 10, d: { heartbeat_interval: intervalMs } }),
    dispatch: (t: string, s: number, d: unknown = {}) => say({ op: 0, t, s, d }),
    /** As another connection than the newest would say it. */
    sayLate: (payload: Payload) => put({ kind: "payload", connection: (socket?.connection ?? 1) - 1, payload }),
    close: (code: number) => {
      const closing = socket;
      socket = undefined;
      return closing ? put({ kind: "closed", connection: closing.connection, code }) : [];
    },
    evict: () => {
      socket = undefined;
      timers = new Map();
      state = initialState(memorySchema.parse(structuredClone(state.memory)), now);
    },
  };
}
export type Play = ReturnType<typeof play>;

/** Connected by IDENTIFY, with the session `s1` and the sequence 1. */
export function connected(): Play {
  const session = play();
  session.ensure();
  session.locate();
  session.hello();
  session.dispatch("READY", 1, readyData);
  return session;
}

export function mention(id: string, words = "fix it") {
  return {
    id,
    type: 0,
    channel_id: "300",
    guild_id: "200",
    content: `<@${botUserId}> ${words}`,
    author: { id: "400", username: "alice", global_name: null },
    mentions: [{ id: botUserId }],
  };
}
