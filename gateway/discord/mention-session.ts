import { again, closed, connect, drop, leave, located, loseSession, notLocated } from "./mention-connect.ts";
import { beat, enqueued, hear, refused } from "./mention-hear.ts";
import { defaultTiming, endSession, type Timing } from "./mention-limits.ts";
import {
  type Action,
  type Input,
  type Memory,
  type Moment,
  nameOf,
  type State,
  type TimerName,
  type Turn,
} from "./mention-state.ts";

/**
 * One step of the conversation with Discord's Gateway: no I/O, no clock, no chance of its own.
 * Whoever carries out the actions stores `state.memory` before the first of them.
 */
export function step(
  state: State,
  input: Input,
  at: Moment,
  timing: Timing = defaultTiming,
): { state: State; actions: Action[] } {
  const turn: Turn = { state: { ...state }, actions: [], at, timing };
  take(turn, input);
  if (nameOf(turn.state) !== nameOf(state)) turn.state.since = at.now;
  return { state: turn.state, actions: turn.actions };
}

function take(turn: Turn, input: Input): void {
  const { state } = turn;
  switch (input.kind) {
    case "ensure":
      return ensure(turn, input.configuration);
    case "stop":
      return stop(turn, input.reason);
    case "located":
      return located(turn, input);
    case "not_located":
      return notLocated(turn, input);
    case "payload":
      return input.connection === state.connection ? hear(turn, input.payload) : undefined;
    case "closed":
      return input.connection === state.connection ? closed(turn, input.code) : undefined;
    case "timer":
      return ring(turn, input.name);
    case "enqueued":
      return enqueued(turn);
    case "refused":
      return refused(turn);
    default:
      return input satisfies never;
  }
}

function ensure(turn: Turn, configuration: string): void {
  const { state, at, timing } = turn;
  if (state.off !== undefined) {
    state.off = undefined;
    state.reason = undefined;
  }
  if (state.memory.configuration !== configuration) {
    loseSession(turn);
    leave(turn, endSession);
    state.memory = { ...hopeful(state.memory), configuration };
  }
  const { fatal, fatalAt = 0 } = state.memory;
  if (fatal !== undefined) {
    if (at.now < fatalAt + timing.fatalMs) return;
    // Somebody may have mended it in Discord's portal, of which nothing here would tell.
    state.memory = hopeful(state.memory);
    state.reason = fatal;
  }
  // Timers do all of this, where the object has not lost them.
  const { phase } = state;
  switch (phase.kind) {
    case "idle":
      return connect(turn);
    case "waiting":
      return at.now > phase.until + timing.alarmMs ? connect(turn) : undefined;
    case "locating":
      return at.now > phase.since + 2 * timing.alarmMs ? again(turn, "Discord's API did not answer") : undefined;
    case "opening":
      return at.now > phase.since + 2 * timing.helloMs ? ring(turn, "hello") : undefined;
    case "open":
      if (at.now > phase.acknowledgedAt + 3 * phase.intervalMs)
        drop(turn, "Discord has not answered for three heartbeats");
      return;
    default:
      return phase satisfies never;
  }
}

function hopeful({ fatal: _fatal, fatalAt: _fatalAt, ...rest }: Memory): Memory {
  return rest;
}

function stop(turn: Turn, reason: string): void {
  const { state } = turn;
  if (state.off === reason) return;
  loseSession(turn);
  leave(turn, endSession);
  state.off = reason;
  state.reason = reason;
  state.attempt = 0;
}

function ring(turn: Turn, name: TimerName): void {
  const { state, actions } = turn;
  const { phase } = state;
  switch (name) {
    case "connect":
      return phase.kind === "waiting" ? connect(turn) : undefined;
    case "hello":
      if (phase.kind !== "opening") return;
      state.unansweredResumes += 1;
      return drop(turn, "no HELLO came");
    case "heartbeat":
      if (phase.kind !== "open") return;
      if (phase.unanswered) return drop(turn, "a heartbeat was not acknowledged");
      beat(turn);
      state.phase = { ...phase, unanswered: true };
      actions.push({ kind: "timer", name: "heartbeat", afterMs: phase.intervalMs });
      return;
    default:
      return name satisfies never;
  }
}
