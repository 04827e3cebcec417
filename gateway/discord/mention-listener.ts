import type { Command } from "../../shared/command.ts";
import { createLog } from "../../shared/log.ts";
import { readSettings, secretsOf } from "../../shared/settings.ts";
import { createHoldFlood } from "../hold-flood.ts";
import { createTake } from "../take.ts";
import { createAcknowledge } from "./acknowledge.ts";
import { createDeliver } from "./mention-deliver.ts";
import { defaultTiming, intents, type Timing } from "./mention-limits.ts";
import { createLink, type MentionsReport } from "./mention-link.ts";
import { createLocate } from "./mention-locate.ts";
import { emptyMemory, memorySchema } from "./mention-state.ts";

const memoryKey = "memory";

export interface ListenerOptions {
  enqueue?: (command: Command) => Promise<unknown>;
  timing?: Timing;
}

export type Listener = ReturnType<typeof createListener>;

/** What the Durable Object does: keeps the socket, parses what it hears, puts it on the queue, gives 👀, and nothing else. */
export function createListener(storage: DurableObjectStorage, env: Env, options: ListenerOptions = {}) {
  const { enqueue = (command: Command) => env.COMMANDS.send(command), timing = defaultTiming } = options;
  const settings = readSettings(env);
  const { DISCORD_BOT_TOKEN: token = "", DISCORD_API_URL: apiUrl, DISCORD_MENTIONS: mentions } = settings;
  const log = createLog("gateway", secretsOf(settings));
  /** What the socket depends on: anything else may change without a new session. */
  const configuration = `${apiUrl} ${token} ${intents}`;
  const off = whyOff(token, mentions);
  const link = createLink({
    memory: memorySchema.safeParse(storage.kv.get(memoryKey)).data ?? emptyMemory,
    save: (memory) => storage.kv.put(memoryKey, memory),
    locate: createLocate(apiUrl, token),
    deliver: createDeliver({
      take: createTake({
        enqueue,
        holdFlood: createHoldFlood({ limiter: env.FLOOD, operators: settings.BUGBOT_OPERATORS }),
        now: Date.now,
        log,
      }),
      acknowledge: createAcknowledge(token, apiUrl),
      enqueueMs: timing.enqueueMs,
      log,
    }),
    token,
    allowedBots: settings.BUGBOT_ALLOWED_BOTS,
    timing,
    log,
  });

  const listener = {
    /** Connects unless connected. Called every minute, by each new isolate, and by the alarm. */
    async ensure(): Promise<void> {
      if (off === undefined) link.put({ kind: "ensure", configuration: await digest(configuration) });
      else link.put({ kind: "stop", reason: off });
      await setAlarm();
    },

    async state(): Promise<MentionsReport> {
      await listener.ensure();
      return link.report();
    },
  };
  return listener;

  /** Keeps the object in memory, and starts it again where it was evicted all the same. */
  async function setAlarm(): Promise<void> {
    const { state } = link.report();
    if (state === "off" || state === "fatal") await storage.deleteAlarm();
    else if ((await storage.getAlarm()) === null) await storage.setAlarm(Date.now() + timing.alarmMs);
  }
}

function whyOff(token: string, mentions: string | undefined): string | undefined {
  if (mentions?.toLowerCase() === "off") return "DISCORD_MENTIONS is off";
  return token === "" ? "DISCORD_BOT_TOKEN is not set" : undefined;
}

/** What is stored of a token. */
async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
