import type { WebSocket } from "ws";
import * as z from "zod";

const frameSchema = z.object({ op: z.int(), d: z.unknown().optional() });
export type ReceivedFrame = z.infer<typeof frameSchema>;

export function sendFrame(socket: WebSocket, op: number, d: unknown = null, done?: () => void): void {
  socket.send(JSON.stringify({ t: null, s: null, op, d }), done);
}

export function textOf(data: WebSocket.RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return (data instanceof ArrayBuffer ? Buffer.from(data) : data).toString();
}

/** Undefined where it is not JSON with an opcode. */
export function parseFrame(text: string): ReceivedFrame | undefined {
  try {
    return frameSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
