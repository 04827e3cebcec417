import { connect, drop, leave, loseSession, rememberSequence } from "./mention-connect.ts";
import { identifyWaitMs, ofToday } from "./mention-identifies.ts";
import { keepSession, maxRecentIds } from "./mention-limits.ts";
import { type Dispatch, opcodes, type Payload, readySchema } from "./mention-payload.ts";
import type { Turn } from "./mention-state.ts";
import { parseMention } from "./parse-mention.ts";

/** What Discord says over the newest socket. */
export function hear(turn: Turn, payload: Payload): void {
  const { state, at, timing } = turn;
  const { phase } = state;
  if (phase.kind !== "opening" && phase.kind !== "open") return;
  state.lastEventAt = at.now;
  switch (payload.op) {
    case opcodes.hello:
      return greet(turn, payload.d.heartbeat_interval);
    case opcodes.heartbeat:
      if (phase.kind === "open") beat(turn);
      return;
    case opcodes.heartbeatAck:
      if (phase.kind !== "open") return;
      state.phase = { ...phase, unanswered: false, acknowledgedAt: at.now };
      // Only a connection that lasts a heartbeat makes the next wait short again.
      if (phase.ready) state.attempt = 0;
      return;
    case opcodes.reconnect:
      return drop(turn, "Discord asked to reconnect");
    case opcodes.invalidSession: {
      if (payload.d === true) {
        if (phase.kind === "open" && phase.resuming) state.refusedResumes += 1;
        return drop(turn, "Discord asked to resume");
      }
      const [leastMs, mostMs] = timing.invalidSessionMs;
      loseSession(turn);
      return drop(turn, "Discord ended the session", leastMs + at.random * (mostMs - leastMs));
    }
    case opcodes.dispatch:
      if (phase.kind !== "open") return;
      state.inbox = [...state.inbox, payload];
      return dealWithInbox(turn);
    default:
      return payload satisfies never;
  }
}

/** https://docs.discord.com/developers/events/gateway#hello-event: nothing is sent before it. */
function greet(turn: Turn, intervalMs: number): void {
  const { state, actions, at, timing } = turn;
  if (state.phase.kind !== "opening") return;
  const { session, identifies } = state.memory;
  if (!session && identifyWaitMs(identifies, at.now, timing) > 0) {
    leave(turn, keepSession);
    return connect(turn);
  }
  state.unansweredResumes = 0;
  state.phase = {
    kind: "open",
    ready: false,
    resuming: session !== undefined,
    intervalMs,
    acknowledgedAt: at.now,
    unanswered: false,
  };
  actions.push({ kind: "timer", name: "heartbeat", afterMs: Math.floor(intervalMs * at.random) });
  if (session) {
    actions.push({ kind: "resume", sessionId: session.id, sequence: state.sequence });
    return;
  }
  state.memory = { ...state.memory, identifies: [...ofToday(identifies, at.now), at.now] };
  actions.push({ kind: "identify" });
}

/** What a heartbeat says is dealt with, Discord need not send again: so it is stored first. */
export function beat(turn: Turn): void {
  const { state, actions } = turn;
  rememberSequence(turn);
  actions.push({ kind: "heartbeat", sequence: state.memory.session ? state.sequence : undefined });
}

/** Events are dealt with one after the other: the sequence never passes one whose command is not on the queue. */
function dealWithInbox(turn: Turn): void {
  const { state } = turn;
  while (!state.handling && state.phase.kind === "open") {
    const [next, ...rest] = state.inbox;
    if (!next) return;
    state.inbox = rest;
    dealWith(turn, next);
  }
}

function dealWith(turn: Turn, { t: name, s: sequence, d: data }: Dispatch): void {
  const { state, actions, at } = turn;
  if (state.phase.kind !== "open") return;
  state.refusedResumes = 0;
  state.phase = { ...state.phase, resuming: false };
  if (name === "READY") {
    const ready = readySchema.safeParse(data);
    if (!ready.success) return drop(turn, "Discord's READY was not understood");
    const { session_id: id, resume_gateway_url: url, user } = ready.data;
    state.memory = { ...state.memory, session: { id, url, botUserId: user.id, sequence } };
    state.sequence = sequence;
  }
  if (name === "READY" || name === "RESUMED") {
    state.phase = { ...state.phase, ready: true };
    state.reason = undefined;
    actions.push({ kind: "log", event: "discord_gateway_connected", facts: { by: name } });
  }
  const { session, recent } = state.memory;
  if (!session) return;
  const command = name === "MESSAGE_CREATE" ? parseMention(data, session.botUserId, at.now, at.allowedBots) : undefined;
  if (command && !recent.includes(command.id)) {
    state.handling = { connection: state.connection, sessionId: session.id, sequence, commandId: command.id };
    actions.push({ kind: "enqueue", command });
    return;
  }
  state.sequence = Math.max(state.sequence, sequence);
}

/** The queue has the command. */
export function enqueued(turn: Turn): void {
  const { state } = turn;
  const { handling, memory } = state;
  if (!handling) return;
  state.handling = undefined;
  state.memory = { ...memory, recent: [...memory.recent, handling.commandId].slice(-maxRecentIds) };
  if (memory.session?.id === handling.sessionId) {
    state.sequence = Math.max(state.sequence, handling.sequence);
    rememberSequence(turn);
  }
  dealWithInbox(turn);
}

/** The queue does not have the command: a RESUME brings it again. */
export function refused(turn: Turn): void {
  const { state } = turn;
  const { handling } = state;
  state.handling = undefined;
  if (handling?.connection === state.connection && state.phase.kind === "open")
    drop(turn, "the queue refused a command");
  else dealWithInbox(turn);
}
