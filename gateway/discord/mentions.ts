import { DurableObject } from "cloudflare:workers";
import type { Command } from "../../shared/command.ts";
import { createLog } from "../../shared/log.ts";
import { readSettings, secretsOf } from "../../shared/settings.ts";
import { createAcknowledge } from "./acknowledge.ts";
import { createDeliver } from "./mention-deliver.ts";
import { defaultTiming, intents, type Timing } from "./mention-limits.ts";
import { createLink, type MentionsReport } from "./mention-link.ts";
import { createLocate } from "./mention-locate.ts";
import { emptyMemory, memorySchema } from "./mention-state.ts";

const memoryKey = "memory";

export interface MentionsOptions {
  enqueue?: (command: Command) => Promise<unknown>;
  timing?: Timing;
}

/**
 * Hears mentions: Discord sends them over its Gateway's socket only, never over HTTP. There is one object, by
 * `idFromName("discord")`, and so one socket. It parses, puts on the queue, gives 👀, and does nothing else.
 */
export class DiscordMentions extends DurableObject<Env> {
  readonly #link: ReturnType<typeof createLink>;
  /** What the socket depends on: anything else may change without a new session. */
  readonly #configuration: string;
  readonly #off: string | undefined;
  readonly #alarmMs: number;

  constructor(ctx: DurableObjectState, env: Env, options: MentionsOptions = {}) {
    super(ctx, env);
    const { enqueue = (command: Command) => env.COMMANDS.send(command), timing = defaultTiming } = options;
    const settings = readSettings(env);
    const { DISCORD_BOT_TOKEN: token = "", DISCORD_API_URL: apiUrl, DISCORD_MENTIONS: mentions } = settings;
    const log = createLog("gateway", secretsOf(settings));
    this.#configuration = `${apiUrl} ${token} ${intents}`;
    this.#off = whyOff(token, mentions);
    this.#alarmMs = timing.alarmMs;
    this.#link = createLink({
      memory: memorySchema.safeParse(ctx.storage.kv.get(memoryKey)).data ?? emptyMemory,
      save: (memory) => ctx.storage.kv.put(memoryKey, memory),
      locate: createLocate(apiUrl, token),
      deliver: createDeliver({
        enqueue,
        acknowledge: createAcknowledge(token, apiUrl),
        enqueueMs: timing.enqueueMs,
        log,
      }),
      token,
      timing,
      log,
    });
  }

  /** Connects unless connected. Called every minute, by each new isolate, and by the alarm. */
  async ensure(): Promise<void> {
    if (this.#off === undefined) this.#link.put({ kind: "ensure", configuration: await digest(this.#configuration) });
    else this.#link.put({ kind: "stop", reason: this.#off });
    await this.#setAlarm();
  }

  async state(): Promise<MentionsReport> {
    await this.ensure();
    return this.#link.report();
  }

  /** For an operator: tries again at once, also after what Discord called final. */
  async restart(): Promise<void> {
    await this.ensure();
    this.#link.put({ kind: "restart" });
    await this.#setAlarm();
  }

  override async alarm(): Promise<void> {
    await this.ensure();
  }

  /** Keeps the object in memory, and starts it again where it was evicted all the same. */
  async #setAlarm(): Promise<void> {
    const { storage } = this.ctx;
    const { state } = this.#link.report();
    if (state === "off" || state === "fatal") await storage.deleteAlarm();
    else if ((await storage.getAlarm()) === null) await storage.setAlarm(Date.now() + this.#alarmMs);
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
