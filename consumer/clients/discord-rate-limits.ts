/** What a request is limited by. https://discord.com/developers/docs/topics/rate-limits */
interface Route {
  /** The path without what does not count: Discord gives a bucket to each. */
  template: string;
  /** What counts apart in every bucket: a channel, a guild, a webhook with its token. */
  place: string;
}

export interface RateLimitAnswer {
  status: number;
  headers: Headers;
  /** Of a 429. */
  retryAfterMs?: number | undefined;
}

/** Discord's limits as its answers tell of them. It knows what its own isolate was told: a 429 teaches it the rest. */
export function createRateLimits(now: () => number) {
  const buckets = new Map<string, string>();
  /** Until when a bucket is empty in a place. */
  const emptyUntil = new Map<string, number>();
  let allUntil = 0;

  function keyOf({ template, place }: Route): string {
    return `${buckets.get(template) ?? template} ${place}`;
  }

  return {
    /** How long this request would have to wait; 0 when it may go. */
    waitMs(method: string, path: string): number {
      const own = (emptyUntil.get(keyOf(routeOf(method, path))) ?? 0) - now();
      return Math.max(0, own, isWebhook(path) ? 0 : allUntil - now());
    },

    learn(method: string, path: string, { status, headers, retryAfterMs }: RateLimitAnswer): void {
      for (const [key, until] of emptyUntil) if (until <= now()) emptyUntil.delete(key);
      const isLimited = status === 429 && retryAfterMs !== undefined;
      if (isLimited && headers.get("x-ratelimit-global") === "true" && !isWebhook(path)) {
        allUntil = Math.max(allUntil, now() + retryAfterMs);
        return;
      }
      const route = routeOf(method, path);
      const bucket = headers.get("x-ratelimit-bucket");
      if (bucket !== null) buckets.set(route.template, bucket);
      const resetAfterMs = Number(headers.get("x-ratelimit-reset-after")) * 1000;
      if (isLimited) emptyUntil.set(keyOf(route), now() + retryAfterMs);
      else if (headers.get("x-ratelimit-remaining") === "0" && resetAfterMs > 0) {
        emptyUntil.set(keyOf(route), now() + resetAfterMs);
      }
    },
  };
}
export type RateLimits = ReturnType<typeof createRateLimits>;

/** Interactions are not bound by the global limit. */
function isWebhook(path: string): boolean {
  return path.startsWith("/webhooks/");
}

function routeOf(method: string, path: string): Route {
  const [, place = "", rest = ""] =
    /^((?:\/webhooks\/[^/?]+\/[^/?]+|\/(?:channels|guilds)\/[^/?]+)?)([^?]*)/.exec(path) ?? [];
  const [kind = ""] = place.split("/", 2).slice(1);
  const template = rest.replace(/\/\d+(?=\/|$)/g, "/*").replace(/\/reactions\/[^/]+/, "/reactions/*");
  return { template: `${method} ${kind}${template}`, place };
}
