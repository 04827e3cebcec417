import { Refusal } from "./refusal.ts";

export interface Bounds {
  fallback: number;
  min?: number;
  max?: number;
}

/** A whole number in a query, within bounds; the fallback where it is not given. */
export function readNumber(
  name: string,
  given: string | undefined,
  { fallback, min = 0, max = Number.MAX_SAFE_INTEGER }: Bounds,
): number {
  if (given === undefined) return fallback;
  const value = Number(given);
  if (/^\d+$/.test(given) && value >= min && value <= max) return value;
  throw new Refusal(400, "bad_query", `${name} is a whole number from ${min} to ${max}, not “${given.slice(0, 40)}”.`);
}
