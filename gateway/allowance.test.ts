import { it } from "vitest";
import { createAllowance } from "./allowance.ts";

it("gives a burst, then so many a minute", ({ expect }) => {
  let at = 0;
  const allows = createAllowance({ burst: 2, perMinute: 60, now: () => at });
  expect([allows(), allows(), allows()]).toEqual([true, true, false]);
  at += 1000;
  expect([allows(), allows()]).toEqual([true, false]);
  at += 60 * 60_000;
  expect([allows(), allows(), allows()]).toEqual([true, true, false]);
});
