import * as z from "zod/mini";
import { idSchema } from "./interaction.ts";

/** https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-opcodes */
export const opcodes = {
  dispatch: 0,
  heartbeat: 1,
  identify: 2,
  resume: 6,
  reconnect: 7,
  invalidSession: 9,
  hello: 10,
  heartbeatAck: 11,
} as const;

const dispatchSchema = z.object({
  op: z.literal(opcodes.dispatch),
  t: z.string(),
  s: z.number(),
  d: z.unknown(),
});
const payloadSchema = z.discriminatedUnion("op", [
  dispatchSchema,
  z.object({ op: z.literal(opcodes.heartbeat) }),
  z.object({ op: z.literal(opcodes.reconnect) }),
  /** `d`: whether the session may be resumed. */
  z.object({ op: z.literal(opcodes.invalidSession), d: z.unknown() }),
  z.object({
    op: z.literal(opcodes.hello),
    d: z.object({ heartbeat_interval: z.number().check(z.positive()) }),
  }),
  z.object({ op: z.literal(opcodes.heartbeatAck) }),
]);
/** What Discord sends over the socket, as far as bugbot listens. */
export type Payload = z.infer<typeof payloadSchema>;
export type Dispatch = z.infer<typeof dispatchSchema>;

/** https://docs.discord.com/developers/events/gateway-events#ready */
export const readySchema = z.object({
  session_id: z.string(),
  resume_gateway_url: z.url(),
  user: z.object({ id: idSchema }),
});

/** Undefined for anything that is not one of the payloads above. */
export function parsePayload(data: unknown): Payload | undefined {
  if (typeof data !== "string") return undefined;
  try {
    return payloadSchema.safeParse(JSON.parse(data)).data;
  } catch {
    return undefined;
  }
}
