import { env } from "cloudflare:workers";
import { beforeEach, describe, it } from "vitest";
import { breakerLimits } from "../../shared/limits.ts";
import { createBreakers } from "./breakers.ts";
import { emptyDatabase } from "./test-database.ts";

const { openMs, trialMs, windowMs } = breakerLimits;
const start = 1_790_000_000_000;
const breakers = createBreakers(env.DB);

beforeEach(() => emptyDatabase());

async function record(failures: boolean[], at = start): Promise<void> {
  for (const failed of failures) await breakers.record("PostHog", failed, at);
}
const five = [true, true, true, true, true];

describe("a source's breaker", () => {
  it("stays closed below ten calls, and while fewer than half fail", async ({ expect }) => {
    await record([...five, true, true, true, true]);
    expect(await breakers.allows("PostHog", start)).toBe(true);
    await record([false, false, false, false, false, false, false, false, false, false]);
    expect(await breakers.allows("PostHog", start)).toBe(true);
    expect(await breakers.open(start)).toEqual([]);
  });

  it("opens at half of ten calls, for that source alone, and says until when", async ({ expect }) => {
    await record([false, false, false, false, false, ...five]);
    expect(await breakers.allows("PostHog", start + openMs - 1)).toBe(false);
    expect(await breakers.allows("GitHub", start)).toBe(true);
    expect(await breakers.open(start)).toEqual([{ source: "PostHog", state: "open", triesAt: start + openMs }]);
  });

  it("forgets calls after ten minutes", async ({ expect }) => {
    await record(five);
    await record(five, start + windowMs);
    expect(await breakers.allows("PostHog", start + windowMs)).toBe(true);
  });

  it("lets one call through at a time once half-open, and closes after three successes", async ({ expect }) => {
    await record([...five, ...five]);
    const later = start + openMs;
    const asked = await Promise.all([1, 2, 3, 4].map(() => breakers.allows("PostHog", later)));
    expect(asked.filter((allowed) => allowed)).toHaveLength(1);
    expect(await breakers.open(later)).toEqual([{ source: "PostHog", state: "half_open", triesAt: later + trialMs }]);

    for (let success = 0; success < 3; success++) await breakers.record("PostHog", false, later + success);
    expect(await breakers.open(later + 3)).toEqual([]);
    await record([true], later + 3);
    expect(await breakers.allows("PostHog", later + 3)).toBe(true);
  });

  it("opens again when the trial fails, and tries again when a trial is lost", async ({ expect }) => {
    await record([...five, ...five]);
    const later = start + openMs;
    await breakers.allows("PostHog", later);
    expect(await breakers.allows("PostHog", later + trialMs)).toBe(true);
    await record([true], later + trialMs);
    expect(await breakers.allows("PostHog", later + trialMs + openMs - 1)).toBe(false);
    expect(await breakers.allows("PostHog", later + trialMs + openMs)).toBe(true);
  });
});
