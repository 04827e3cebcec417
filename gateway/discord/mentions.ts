import { DurableObject } from "cloudflare:workers";
import { logThrown } from "../../shared/log-thrown.ts";
import type { MentionsReport } from "./mention-link.ts";
import type { Listener, ListenerOptions } from "./mention-listener.ts";

/**
 * Hears mentions: Discord sends them over its Gateway's socket only, never over HTTP. There is one object, by
 * `getByName("discord")`, and so one socket. What it does is loaded where it lives, not in every isolate of the gateway.
 */
export class DiscordMentions extends DurableObject<Env> {
  readonly #listener: Promise<Listener>;

  constructor(ctx: DurableObjectState, env: Env, options?: ListenerOptions) {
    super(ctx, env);
    this.#listener = import("./mention-listener.ts").then(({ createListener }) =>
      createListener(ctx.storage, env, options),
    );
  }

  /** Connects unless connected. */
  async ensure(): Promise<void> {
    await this.#do("ensure", (listener) => listener.ensure());
  }

  async state(): Promise<MentionsReport> {
    return this.#do("state", (listener) => listener.state());
  }

  override async alarm(): Promise<void> {
    await this.#do("alarm", (listener) => listener.ensure());
  }

  #do<T>(handler: string, act: (listener: Listener) => Promise<T>): Promise<T> {
    return logThrown({ worker: "gateway", env: this.env, handler }, async () => act(await this.#listener));
  }
}
