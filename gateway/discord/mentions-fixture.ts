import type { Timing } from "./mention-limits.ts";
import { DiscordMentions } from "./mentions.ts";

/** So that a test need not wait as long as a person's bot does. */
const timing: Timing = {
  backoffMs: 20,
  maxBackoffMs: 100,
  identifyGapMs: 5,
  maxIdentifyGapMs: 50,
  invalidSessionMs: [10, 50],
  helloMs: 1_000,
  enqueueMs: 5_000,
  fatalMs: 60 * 60_000,
  alarmMs: 300,
};

interface FixtureEnv extends Env {
  MENTIONS: DurableObjectNamespace<QuickMentions>;
  /** Takes the place of the queue: what it answers with an error is refused. */
  QUEUE_URL: string;
  /** Set: what was fatal is tried again at once. */
  AN_HOUR_LATER?: string;
}

export class QuickMentions extends DiscordMentions {
  constructor(ctx: DurableObjectState, env: FixtureEnv) {
    const enqueue = async (command: unknown) => {
      const headers = { "content-type": "application/json" };
      const { ok } = await fetch(env.QUEUE_URL, { method: "POST", headers, body: JSON.stringify(command) });
      if (!ok) throw new Error("the queue is down");
    };
    super(ctx, env, { enqueue, timing: env.AN_HOUR_LATER ? { ...timing, fatalMs: 0 } : timing });
  }

  /** Ends the object as a deployment or a move to another machine does: without a word, its storage kept. */
  evict(): void {
    this.ctx.abort("evicted");
  }
}

/** The one object's methods by HTTP, for tests outside workerd. */
export default {
  async fetch(request, env) {
    const mentions = env.MENTIONS.getByName("discord");
    const { pathname } = new URL(request.url);
    if (pathname === "/ensure") await mentions.ensure();
    if (pathname === "/evict") {
      await mentions.evict().catch(() => undefined);
      return new Response();
    }
    return Response.json(await mentions.state());
  },
} satisfies ExportedHandler<FixtureEnv>;
