import type { GatewayReadyDispatchData } from "discord-api-types/v10";
import type { WebSocket } from "ws";
import * as z from "zod";
import { shownUser } from "./channel-answers.ts";
import { type Dispatch, guildCreate, intents, knownIntents, privilegedIntents } from "./gateway-dispatches.ts";
import type { GatewayFaults } from "./gateway-faults.ts";
import { sendFrame } from "./gateway-frames.ts";
import { opcodes, type Session, type Sessions } from "./gateway-sessions.ts";
import type { Guild } from "./guild.ts";

export interface GatewayOptions {
  botToken: string;
  heartbeatIntervalMs: number;
  /** The privileged intents the application was granted. */
  grantedIntents: number;
}

const identifySchema = z.object({
  token: z.string(),
  intents: z.int(),
  properties: z.object({ os: z.string(), browser: z.string(), device: z.string() }),
  shard: z.tuple([z.int(), z.int()]).optional(),
});
const resumeSchema = z.object({ token: z.string(), session_id: z.string(), seq: z.int().nullable() });

interface Parts extends GatewayOptions {
  guild: Guild;
  sessions: Sessions;
  faults: GatewayFaults;
  url: string;
}

/** How a connection becomes a session's, new or resumed, and what the session then hears. */
export function createHandshake({ guild, sessions, faults, url, botToken, grantedIntents }: Parts) {
  const { all, begin, forget, ofSocket, keep, missed } = sessions;

  function dispatch(session: Session, event: Dispatch): void {
    const frame = keep(session, event);
    if (!session.socket) return;
    if (faults.isDropped("mid-session")) session.socket.terminate();
    else session.socket.send(frame);
  }

  function identify(socket: WebSocket, d: unknown): void {
    const asked = identifySchema.safeParse(d).data;
    if (!asked) return socket.close(4002, "Error while decoding payload.");
    if (ofSocket(socket)) return socket.close(4005, "Already authenticated.");
    if (asked.token !== botToken) return socket.close(4004, "Authentication failed.");
    if (asked.shard && (asked.shard[0] !== 0 || asked.shard[1] !== 1)) return socket.close(4010, "Invalid shard.");
    if ((asked.intents & ~knownIntents) !== 0) return socket.close(4013, "Invalid intent(s).");
    if ((asked.intents & privilegedIntents & ~grantedIntents) !== 0) return socket.close(4014, "Disallowed intent(s).");
    if (faults.isDropped("after-identify")) return socket.terminate();
    const session = begin(asked.intents, socket);
    const ready: GatewayReadyDispatchData = {
      v: 10,
      user: { ...shownUser(guild.bot), mfa_enabled: false, verified: true, email: null },
      guilds: [{ id: guild.guildId, unavailable: true }],
      session_id: session.id,
      resume_gateway_url: `${url}/resume`,
      application: { id: guild.applicationId, flags: 1 << 23, flags_new: String(1 << 23) },
      ...(asked.shard && { shard: asked.shard }),
    };
    const frame = keep(session, { t: "READY", d: ready });
    if (faults.isDropped("after-ready")) return socket.send(frame, () => socket.terminate());
    socket.send(frame);
    if ((asked.intents & intents.guilds) !== 0) dispatch(session, guildCreate(guild));
  }

  function resume(socket: WebSocket, d: unknown): void {
    const asked = resumeSchema.safeParse(d).data;
    if (!asked) return socket.close(4002, "Error while decoding payload.");
    if (ofSocket(socket)) return socket.close(4005, "Already authenticated.");
    if (asked.token !== botToken) return socket.close(4004, "Authentication failed.");
    const session = all.get(asked.session_id);
    const refused = faults.refusedResume();
    if (refused === false) forget(session);
    if (!session || refused !== undefined) return sendFrame(socket, opcodes.invalidSession, refused ?? false);
    const { seq } = asked;
    if (seq !== null && seq > session.sequence) return socket.close(4007, "Invalid seq.");
    if (faults.isDropped("after-resume")) return socket.terminate();
    session.socket?.terminate();
    session.socket = socket;
    for (const { frame } of missed(session, seq ?? 0)) socket.send(frame);
    dispatch(session, { t: "RESUMED", d: { _trace: [] } });
  }

  return { dispatch, identify, resume };
}
