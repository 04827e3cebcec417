import type { Command } from "../../shared/command.ts";
import type { Log } from "../../shared/log.ts";
import { ofToday } from "./mention-identifies.ts";
import { intents, type Timing } from "./mention-limits.ts";
import { opcodes, parsePayload } from "./mention-payload.ts";
import { step } from "./mention-session.ts";
import {
  type Action,
  type Input,
  initialState,
  type Memory,
  nameOf,
  type StateName,
  type TimerName,
} from "./mention-state.ts";

export interface LinkNeeds {
  memory: Memory;
  /** Stores it before anything is sent. */
  save: (memory: Memory) => void;
  locate: () => Promise<Input>;
  deliver: (command: Command) => Promise<Input>;
  token: string;
  /** Ids of other bots that may ask. */
  allowedBots: readonly string[];
  timing: Timing;
  log: Log;
}

/** For `GET /health`; holds no secret. Times in milliseconds since the epoch. */
export interface MentionsReport {
  state: StateName;
  since: number;
  lastEventAt: number | undefined;
  sequence: number | undefined;
  identifiesToday: number;
  reason: string | undefined;
}

/** Carries out what the session decides: the socket, the timers, the queue. One step at a time, one socket at most. */
export function createLink({ memory, save, locate, deliver, token, allowedBots, timing, log }: LinkNeeds) {
  let state = initialState(memory, Date.now());
  let socket: WebSocket | undefined;
  const timers = new Map<TimerName, ReturnType<typeof setTimeout>>();
  const inputs: Input[] = [];
  let stepping = false;

  const moment = () => ({ now: Date.now(), random: Math.random(), allowedBots });

  function put(input: Input): void {
    inputs.push(input);
    if (stepping) return;
    stepping = true;
    try {
      for (let next = inputs.shift(); next; next = inputs.shift()) {
        const { state: following, actions } = step(state, next, moment(), timing);
        if (following.memory !== state.memory) save(following.memory);
        state = following;
        for (const action of actions) perform(action);
      }
    } finally {
      stepping = false;
    }
  }

  function perform(action: Action): void {
    switch (action.kind) {
      case "locate":
        return void locate().then(put);
      case "open":
        return open(action.connection, action.url);
      case "close":
        socket?.close(action.code, "bugbot");
        socket = undefined;
        return;
      case "identify":
        return send(opcodes.identify, {
          token,
          intents,
          properties: { os: "linux", browser: "bugbot", device: "bugbot" },
        });
      case "resume":
        return send(opcodes.resume, { token, session_id: action.sessionId, seq: action.sequence });
      case "heartbeat":
        return send(opcodes.heartbeat, action.sequence ?? null);
      case "timer":
        clearTimeout(timers.get(action.name) ?? null);
        timers.set(
          action.name,
          setTimeout(() => ring(action.name), action.afterMs),
        );
        return;
      case "enqueue":
        return void deliver(action.command).then(put);
      case "log":
        return log(action.event, action.facts);
      default:
        return action satisfies never;
    }
  }

  /** By a promise: what is thrown in a timer itself, the runtime tells nobody. */
  function ring(name: TimerName): void {
    void Promise.resolve({ kind: "timer" as const, name }).then(put);
  }

  function open(connection: number, url: string): void {
    try {
      const opened = new WebSocket(url);
      opened.addEventListener("message", ({ data }) => {
        const payload = parsePayload(data);
        if (payload) put({ kind: "payload", connection, payload });
      });
      opened.addEventListener("close", ({ code }) => put({ kind: "closed", connection, code }));
      opened.addEventListener("error", () => put({ kind: "closed", connection, code: 1006 }));
      socket = opened;
    } catch {
      put({ kind: "closed", connection, code: 1006 });
    }
  }

  function send(op: number, d: unknown): void {
    try {
      socket?.send(JSON.stringify({ op, d }));
    } catch {
      put({ kind: "closed", connection: state.connection, code: 1006 });
    }
  }

  function report(): MentionsReport {
    const name = nameOf(state);
    return {
      state: name,
      since: state.since,
      lastEventAt: state.lastEventAt,
      sequence: state.memory.session && state.sequence,
      identifiesToday: ofToday(state.memory.identifies, Date.now()).length,
      reason: name === "fatal" ? state.memory.fatal : state.reason,
    };
  }

  return { put, report };
}
