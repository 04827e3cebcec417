import { randomBytes } from "node:crypto";
import { type WebSocket } from "ws";
import type { Dispatch } from "./gateway-dispatches.ts";

// https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-opcodes
export const opcodes = {
  dispatch: 0,
  heartbeat: 1,
  identify: 2,
  presenceUpdate: 3,
  voiceStateUpdate: 4,
  resume: 6,
  reconnect: 7,
  requestGuildMembers: 8,
  invalidSession: 9,
  hello: 10,
  heartbeatAck: 11,
};

/** What outlives a connection: the dispatches one client is owed, by sequence number. */
export interface Session {
  id: string;
  intents: number;
  sequence: number;
  sent: { sequence: number; frame: string }[];
  socket: WebSocket | undefined;
}

export function createSessions() {
  const all = new Map<string, Session>();

  return {
    all,
    begin: (intents: number, socket: WebSocket): Session => {
      const session = { id: randomBytes(16).toString("hex"), intents, sequence: 0, sent: [], socket };
      all.set(session.id, session);
      return session;
    },
    forget: (session: Session | undefined) => void all.delete(session?.id ?? ""),
    ofSocket: (socket: WebSocket) => [...all.values()].find((each) => each.socket === socket),
    /** Numbers and keeps a dispatch, and gives its frame. */
    keep: (session: Session, { t, d }: Dispatch): string => {
      session.sequence += 1;
      const frame = JSON.stringify({ op: opcodes.dispatch, t, s: session.sequence, d });
      session.sent.push({ sequence: session.sequence, frame });
      return frame;
    },
    missed: (session: Session, sequence: number) => session.sent.filter((each) => each.sequence > sequence),
  };
}
export type Sessions = ReturnType<typeof createSessions>;
