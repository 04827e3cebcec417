import { once } from "node:events";
import { type WebSocket, WebSocketServer } from "ws";
import * as z from "zod";
import { dispatchOf } from "./gateway-dispatches.ts";
import { createGatewayFaults, type DropStage } from "./gateway-faults.ts";
import { parseFrame, type ReceivedFrame, sendFrame, textOf } from "./gateway-frames.ts";
import { createHandshake, type GatewayOptions } from "./gateway-handshake.ts";
import { createSessions, opcodes } from "./gateway-sessions.ts";
import type { Guild } from "./guild.ts";

// https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
const maxPayloadBytes = 4096;
/** The close codes after which a session is gone. */
const endingCodes = new Set([1000, 1001, 4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014]);

/** The socket over which the bot hears what people write. https://discord.com/developers/docs/events/gateway */
export async function createGateway(guild: Guild, options: GatewayOptions) {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const { port } = z.object({ port: z.int() }).parse(server.address());
  const url = `ws://127.0.0.1:${port}`;
  const sessions = createSessions();
  const faults = createGatewayFaults();
  const { dispatch, identify, resume } = createHandshake({ ...options, guild, sessions, faults, url });
  const frames: ReceivedFrame[] = [];
  const paths: string[] = [];

  function receive(socket: WebSocket, data: string): void {
    const frame = Buffer.byteLength(data) > maxPayloadBytes ? undefined : parseFrame(data);
    if (!frame) return socket.close(4002, "Error while decoding payload.");
    frames.push(frame);
    switch (frame.op) {
      case opcodes.heartbeat:
        if (faults.acks()) sendFrame(socket, opcodes.heartbeatAck);
        return;
      case opcodes.identify:
        return identify(socket, frame.d);
      case opcodes.resume:
        return resume(socket, frame.d);
      case opcodes.presenceUpdate:
      case opcodes.voiceStateUpdate:
      case opcodes.requestGuildMembers:
        if (!sessions.ofSocket(socket)) socket.close(4003, "Not authenticated.");
        return;
      default:
        socket.close(4001, "Unknown opcode.");
    }
  }

  server.on("connection", (socket, { url: path = "/" }) => {
    paths.push(path);
    socket.on("error", () => socket.terminate());
    socket.on("message", (data) => receive(socket, textOf(data)));
    socket.on("close", (code) => {
      const session = sessions.ofSocket(socket);
      if (!session) return;
      session.socket = undefined;
      if (endingCodes.has(code)) sessions.forget(session);
    });
    const query = new URL(path, url).searchParams;
    if (query.get("v") !== "10") return socket.close(4012, "Invalid API version.");
    if ((query.get("encoding") ?? "json") !== "json" || query.has("compress"))
      return socket.close(4002, "The stand-in speaks plain JSON only.");
    if (faults.isDropped("before-hello")) return socket.terminate();
    const cut = faults.isDropped("after-hello") ? () => socket.terminate() : undefined;
    sendFrame(socket, opcodes.hello, { heartbeat_interval: options.heartbeatIntervalMs, _trace: [] }, cut);
  });

  guild.listeners.add((event) => {
    for (const session of sessions.all.values()) {
      const heard = dispatchOf(event, guild, session.intents);
      if (heard) dispatch(session, heard);
    }
  });

  const toEach = (act: (socket: WebSocket) => void) => {
    for (const socket of server.clients) act(socket);
  };
  const received = (op: number) => frames.filter((frame) => frame.op === op).length;

  return {
    url,
    /** Everything clients sent, oldest first. */
    frames,
    /** What each connection asked for, with its query. */
    paths,
    get connections() {
      return paths.length;
    },
    get identifies() {
      return received(opcodes.identify);
    },
    get resumes() {
      return received(opcodes.resume);
    },
    get heartbeats() {
      return received(opcodes.heartbeat);
    },
    /** How many connections are open now. */
    get sockets() {
      return server.clients.size;
    },
    /** Cuts the next connection that comes this far. */
    dropAt: (stage: DropStage, times?: number) => faults.dropAt(stage, times),
    /** Cuts every connection now; sessions stay. */
    drop: () => toEach((socket) => socket.terminate()),
    /** Opcode 7. */
    reconnect: () => toEach((socket) => sendFrame(socket, opcodes.reconnect)),
    /** Opcode 9. */
    invalidate: ({ resumable }: { resumable: boolean }) =>
      toEach((socket) => {
        if (!resumable) sessions.forget(sessions.ofSocket(socket));
        sendFrame(socket, opcodes.invalidSession, resumable);
      }),
    /** Answers the next RESUME with opcode 9. */
    refuseResume: ({ resumable }: { resumable: boolean }) => faults.refuseResume(resumable),
    closeWith: (code: number, reason = "") =>
      toEach((socket) => {
        if (endingCodes.has(code)) sessions.forget(sessions.ofSocket(socket));
        socket.close(code, reason);
      }),
    /** Opcode 1: asks for a heartbeat at once. */
    requestHeartbeat: () => toEach((socket) => sendFrame(socket, opcodes.heartbeat)),
    /** Heartbeats go unanswered from now on. */
    stopAcks: () => faults.setAcks(false),
    startAcks: () => faults.setAcks(true),
    /** Any other event, to every session. */
    dispatch: (t: string, d: unknown) => {
      for (const session of sessions.all.values()) dispatch(session, { t, d });
    },
    close: async () => {
      toEach((socket) => socket.terminate());
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
