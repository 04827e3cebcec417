import { describe, it } from "vitest";
import { followTail, tailPausesMs } from "./follow-tail.ts";
import { describeLine } from "./log-lines.ts";

interface Told {
  code: number | null;
  hasShown?: boolean;
  lastsMs?: number;
}

/** Follows tails that end as told, the last one because somebody stops. */
async function follow(...tails: Told[]) {
  let begun = 0;
  let nowMs = 1_700_000_000_000;
  const pauses: number[] = [];
  const notes: string[] = [];
  const error = await followTail({
    worker: "bugbot-consumer",
    begin: () => {
      const { code, hasShown = false, lastsMs = 0 } = tails[begun++] ?? { code: 0 };
      nowMs += lastsMs;
      return { ended: Promise.resolve({ code, hasShown }) };
    },
    note: (line) => notes.push(describeLine(line)),
    wait: async (ms) => pauses.push((nowMs += ms) && ms),
    isStopped: () => begun > tails.length,
    now: () => nowMs,
  }).catch((thrown: unknown) => thrown);
  return { error: error instanceof Error ? error.message : undefined, begun, pauses, notes };
}

describe("a Worker's tail", () => {
  it("is begun anew when Cloudflare ends it, and what may be missing is said", async ({ expect }) => {
    const { error, begun, notes } = await follow({ code: 0, lastsMs: 3_600_000 });
    expect({ error, begun }).toEqual({ error: undefined, begun: 2 });
    expect(notes).toEqual([
      expect.stringMatching(
        /^2023-11-14 23:13:20 consumer tail_ended words=Cloudflare ended this tail: a new one begins in 1 s\. .*not shown here/,
      ),
    ]);
  });

  it.for<[string, Partial<Told>]>([
    ["it lasted", { lastsMs: 60_000 }],
    ["something came of it", { hasShown: true }],
  ])("is begun again at once as long as %s", async ([, good], { expect }) => {
    const all = Array.from({ length: 20 }, () => ({ code: 0, ...good }));
    const { error, pauses } = await follow(...all);
    expect(error).toBeUndefined();
    expect(new Set(pauses)).toEqual(new Set([1_000]));
  });

  it("is begun less and less often while it ends at once, and then no more", async ({ expect }) => {
    const all = Array.from({ length: 20 }, () => ({ code: 0 }));
    const { error, begun, pauses } = await follow(...all);
    expect(pauses).toEqual(tailPausesMs);
    expect(begun).toBe(tailPausesMs.length + 1);
    expect(error).toMatch(/ended 8 times in a row/);
  });

  it("is not begun again where the first one fails, and is where a later one does", async ({ expect }) => {
    expect(await follow({ code: 1, hasShown: true })).toMatchObject({
      error: expect.stringContaining("npx wrangler login"),
      begun: 1,
    });
    expect(await follow({ code: 0 }, { code: 1 }, { code: null })).toMatchObject({
      error: undefined,
      begun: 4,
      pauses: [1_000, 2_000, 4_000],
    });
  });
});
