export interface AllowanceOptions {
  /** How many at once. */
  burst: number;
  /** How many a minute after that. */
  perMinute: number;
  now: () => number;
}

/** A token bucket: says whether one more is within the allowance, and counts it if so. */
export function createAllowance({ burst, perMinute, now }: AllowanceOptions): () => boolean {
  let tokens = burst;
  let countedAt = now();
  return () => {
    const at = now();
    tokens = Math.min(burst, tokens + ((at - countedAt) / 60_000) * perMinute);
    countedAt = at;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
