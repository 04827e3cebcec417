import { once } from "node:events";
import * as z from "zod";
import type { Discord } from "../discord.ts";
import { intents } from "./gateway-dispatches.ts";

const frameSchema = z.object({
  op: z.int(),
  t: z.string().nullable(),
  s: z.int().nullable(),
  d: z.unknown(),
});
type Frame = z.infer<typeof frameSchema>;

const heartbeat = 1;
const heartbeatAck = 11;

/** For tests: a plain client of the Gateway, on the WebSocket that Node has built in. */
export function connectGateway(url: string, query = "?v=10&encoding=json") {
  const socket = new WebSocket(`${url}/${query}`);
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const check of waiting) check();
  };
  const closed = once(socket, "close").then(([event]) => z.object({ code: z.int() }).parse(event).code);
  socket.addEventListener("message", ({ data }) => {
    frames.push(frameSchema.parse(JSON.parse(z.string().parse(data))));
    wake();
  });
  // A cut connection is an error first, then a close.
  socket.addEventListener("error", () => {});

  /** The first frame that fits, now or later. */
  const frame = (fits: (frame: Frame) => boolean): Promise<Frame> =>
    new Promise((resolve) => {
      const check = () => {
        const found = frames.find(fits);
        if (!found) return;
        waiting.delete(check);
        resolve(found);
      };
      waiting.add(check);
      check();
    });
  const send = (op: number, d: unknown) => socket.send(JSON.stringify({ op, d }));

  return {
    frames,
    /** With which code the connection ended. */
    closed,
    send,
    sendText: (text: string) => socket.send(text),
    close: (code: number) => socket.close(code),
    op: (op: number) => frame((each) => each.op === op),
    event: (t: string) => frame((each) => each.t === t),
    /** The events heard so far, in order, once the server has sent all it had to send. */
    heard: async () => {
      const before = frames.filter(({ op }) => op === heartbeatAck).length;
      send(heartbeat, null);
      await frame(() => frames.filter(({ op }) => op === heartbeatAck).length > before);
      return frames.flatMap(({ t }) => (t === null ? [] : [t]));
    },
  };
}
export type GatewayClient = ReturnType<typeof connectGateway>;

const ready = z.looseObject({ session_id: z.string(), resume_gateway_url: z.string() });
type Ready = z.infer<typeof ready>;

/** Clients that know the bot's token, as far as the stage their name says. */
export function connectAs(discord: Discord, token: string) {
  async function connect(url = discord.gateway.url): Promise<GatewayClient> {
    const client = connectGateway(url);
    await client.op(10);
    return client;
  }

  return {
    connect,
    identify: async (asked = intents.guildMessages | intents.directMessages) => {
      const client = await connect();
      const properties = { os: "linux", browser: "bugbot", device: "bugbot" };
      client.send(2, { token, intents: asked, properties });
      return { client, ready: ready.parse((await client.event("READY")).d) };
    },
    resume: async (
      { session_id, resume_gateway_url: url }: Pick<Ready, "session_id" | "resume_gateway_url">,
      seq: number,
    ) => {
      const client = await connect(url);
      client.send(6, { token, session_id, seq });
      return client;
    },
  };
}

/** The words of the messages a client heard of. */
export function contentsOf({ frames }: GatewayClient): string[] {
  const messages = frames.filter(({ t }) => t === "MESSAGE_CREATE");
  return messages.map(({ d }) => z.object({ content: z.string() }).parse(d).content);
}
