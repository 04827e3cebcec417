import { identifyWaitMs } from "./mention-identifies.ts";
import {
  fatalCodes,
  identifyReserve,
  keepSession,
  maxBackoffDoublings,
  maxRefusedResumes,
  maxUnansweredResumes,
  sessionLostCodes,
} from "./mention-limits.ts";
import type { Input, Turn } from "./mention-state.ts";

/** Opens a socket, or asks where to; waits where an IDENTIFY would come too early. */
export function connect(turn: Turn): void {
  const { state, actions, at, timing } = turn;
  const { session, identifies } = state.memory;
  if (session && state.unansweredResumes < maxUnansweredResumes) return open(turn, session.url);
  const waitMs = session ? 0 : identifyWaitMs(identifies, at.now, timing);
  if (waitMs > 0) {
    state.reason = `no new session before ${new Date(at.now + waitMs).toISOString()}`;
    return wait(turn, waitMs);
  }
  state.phase = { kind: "locating", since: at.now };
  actions.push({ kind: "locate" });
}

export function located(turn: Turn, { url, remaining, resetAfterMs }: Extract<Input, { kind: "located" }>): void {
  const { state } = turn;
  if (state.phase.kind !== "locating") return;
  if (!state.memory.session && remaining <= identifyReserve) {
    return again(turn, `Discord allows the bot ${remaining} more sessions today`, resetAfterMs);
  }
  open(turn, url);
}

export function notLocated(turn: Turn, { reason, fatal, retryAfterMs }: Extract<Input, { kind: "not_located" }>): void {
  if (turn.state.phase.kind !== "locating") return;
  if (fatal) giveUp(turn, reason);
  else again(turn, reason, retryAfterMs);
}

/** Discord closed the socket, or it broke. */
export function closed(turn: Turn, code: number): void {
  const { state } = turn;
  const { phase } = state;
  if (phase.kind !== "opening" && phase.kind !== "open") return;
  const fatal = fatalCodes.get(code);
  if (fatal !== undefined) return giveUp(turn, `${fatal} (${code})`);
  if (phase.kind === "opening") state.unansweredResumes += 1;
  else if (phase.resuming && code >= 4000) state.refusedResumes += 1;
  if (sessionLostCodes.has(code)) loseSession(turn);
  leave(turn);
  again(turn, `the connection closed (${code})`);
}

/** Leaves the socket, if there is one. Without a code it is closed already. */
export function leave(turn: Turn, code?: number): void {
  const { state, actions } = turn;
  const connected = state.phase.kind === "opening" || state.phase.kind === "open";
  if (connected && code !== undefined) actions.push({ kind: "close", code });
  state.phase = { kind: "idle" };
  state.inbox = [];
  rememberSequence(turn);
}

/** Leaves a connection that is of no use, and resumes later. */
export function drop(turn: Turn, reason: string, minWaitMs = 0): void {
  leave(turn, keepSession);
  again(turn, reason, minWaitMs);
}

/** Connects again after a wait that doubles, with jitter, from one failure to the next. */
export function again(turn: Turn, reason: string, minWaitMs = 0): void {
  const { state, at, timing } = turn;
  if (state.refusedResumes >= maxRefusedResumes) loseSession(turn);
  const fullMs = Math.min(timing.backoffMs * 2 ** Math.min(state.attempt, maxBackoffDoublings), timing.maxBackoffMs);
  state.attempt += 1;
  state.reason = reason;
  turn.actions.push({ kind: "log", event: "discord_gateway_dropped", facts: { reason, attempt: state.attempt } });
  wait(turn, Math.max(fullMs * (0.5 + at.random / 2), minWaitMs));
}

export function loseSession({ state }: Turn): void {
  const { session: _session, ...rest } = state.memory;
  state.memory = rest;
  state.sequence = 0;
  state.refusedResumes = 0;
  state.unansweredResumes = 0;
}

/** From here on a new object would resume after the last event dealt with. */
export function rememberSequence({ state }: Turn): void {
  const { session } = state.memory;
  if (!session || session.sequence === state.sequence) return;
  state.memory = { ...state.memory, session: { ...session, sequence: state.sequence } };
}

function giveUp(turn: Turn, reason: string): void {
  loseSession(turn);
  leave(turn);
  turn.state.memory = { ...turn.state.memory, fatal: reason, fatalAt: turn.at.now };
  turn.state.reason = reason;
  turn.actions.push({ kind: "log", event: "discord_gateway_fatal", facts: { reason } });
}

function open({ state, actions, at, timing }: Turn, url: string): void {
  state.connection += 1;
  state.phase = { kind: "opening", since: at.now };
  actions.push({ kind: "open", connection: state.connection, url: socketUrl(url) });
  actions.push({ kind: "timer", name: "hello", afterMs: timing.helloMs });
}

function wait({ state, actions, at }: Turn, ms: number): void {
  const afterMs = Math.ceil(ms);
  state.phase = { kind: "waiting", until: at.now + afterMs };
  actions.push({ kind: "timer", name: "connect", afterMs });
}

/** https://docs.discord.com/developers/events/gateway#connecting: a RESUME needs the same parameters. */
function socketUrl(url: string): string {
  const full = new URL(url);
  full.searchParams.set("v", "10");
  full.searchParams.set("encoding", "json");
  return full.href;
}
