import { type Fault } from "../stand-in.ts";

/** https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
const limits = {
  core: { limit: 5000, windowSeconds: 3600 },
  code_search: { limit: 10, windowSeconds: 60 },
} as const;
export type Resource = keyof typeof limits;

export interface Taken {
  exceeded: boolean;
  headers: Record<string, string>;
}

/** How often each token has asked, in GitHub's fixed windows. */
export function createLimits(now: () => number = Date.now) {
  const windows = new Map<string, { used: number; resetSeconds: number }>();
  let isOff = false;

  return {
    take: (token: string, resource: Resource): Taken => {
      const { limit, windowSeconds } = limits[resource];
      const key = `${resource} ${token}`;
      const seconds = Math.floor(now() / 1000);
      const known = windows.get(key);
      const window = known && known.resetSeconds > seconds ? known : { used: 0, resetSeconds: seconds + windowSeconds };
      windows.set(key, window);
      const exceeded = !isOff && window.used >= limit;
      if (!exceeded) window.used += 1;
      return {
        exceeded,
        headers: {
          "x-ratelimit-limit": String(limit),
          "x-ratelimit-remaining": String(Math.max(0, limit - window.used)),
          "x-ratelimit-used": String(window.used),
          "x-ratelimit-reset": String(window.resetSeconds),
          "x-ratelimit-resource": resource,
        },
      };
    },
    /** Every window begins anew. */
    reset: (): void => windows.clear(),
    /** Nobody asks too often from now on. */
    lift: (): void => void (isOff = true),
  };
}
export type Limits = ReturnType<typeof createLimits>;

/** How GitHub says that it was asked too much at once: with `Retry-After`, or without. */
export function secondaryLimit(status: 403 | 429, retryAfterSeconds?: number): Fault {
  return {
    status,
    ...(retryAfterSeconds !== undefined && { headers: { "retry-after": String(retryAfterSeconds) } }),
    body: {
      message: "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
      documentation_url:
        "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
    },
  };
}
