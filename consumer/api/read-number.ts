import { Refusal } from "./refusal.ts";

/** A number in a query, within bounds. */
export function readNumber(given: string | undefined, fallback: number, max: number): number {
  if (given === undefined) return fallback;
  const value = Number(given);
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new Refusal(400, "bad_query", `${given} is not a whole number from 0 to ${max}.`);
}
