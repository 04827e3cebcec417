import type { Fault } from "../../local/stand-in.ts";
import type { Call } from "./calls.ts";

/** What can go wrong with one call. `down` goes on for as many attempts as an effect has. */
export const faults = {
  "500": { status: 500 },
  "429": { status: 429, headers: { "retry-after": "1" } },
  reset: { reset: true },
  hang: { hang: true },
  garbage: { status: 200, headers: { "content-type": "text/html" }, body: "<html><body>It works!</body></html>" },
  down: { status: 503, times: 3 },
} satisfies Record<string, Fault>;
export type FaultName = keyof typeof faults;
export const faultNames = ["500", "429", "reset", "hang", "garbage", "down"] as const satisfies FaultName[];

/**
 * Which process dies at that call. After `workers killed` the Workflow goes on from what it had recorded, as its engine sees to in
 * production; after `Workflow lost` it does not, and the watchdog has the last word. `killed in a wait`: the call fails once, and the Workers
 * die while its effect waits for the next try. `paused`: an operator pauses the Workflow, and resumes it. With that and with `container killed`
 * the call itself goes well.
 */
export const deathNames = [
  "workers killed",
  "Workflow lost",
  "killed in a wait",
  "container killed",
  "paused",
] as const;
export type DeathName = (typeof deathNames)[number];

/** One run with one fault. */
export interface Cell {
  call: Call;
  fault: FaultName | DeathName;
  afterEffect: boolean;
}

/** Whose failed calls an effect waits to try again; the others' are the agent's, or a source's. */
const waitedFor = new Set(["Slack", "Linear", "GitHub"]);

/** Every fault at every call; what only reads has no effect to fail after. */
export function cellsOf(calls: readonly Call[]): Cell[] {
  return calls.flatMap((call) => [
    ...(call.isRead ? [false] : [false, true]).flatMap((afterEffect) =>
      [
        ...faultNames,
        "workers killed" as const,
        "Workflow lost" as const,
        ...(waitedFor.has(call.vendor) ? ["killed in a wait" as const] : []),
      ].map((fault) => ({ call, fault, afterEffect })),
    ),
    { call, fault: "paused", afterEffect: false } as const,
    // Only the container asks these.
    ...(call.vendor === "git" || call.vendor === "model"
      ? [{ call, fault: "container killed", afterEffect: false } as const]
      : []),
  ]);
}

export function isDeath(fault: Cell["fault"]): fault is DeathName {
  return deathNames.some((name) => name === fault);
}

/** The same few for the same seed: one of each vendor and of each death, then any. */
export function sample(cells: readonly Cell[], count: number, seed: number): Cell[] {
  const random = mulberry32(seed);
  const left = cells.map((cell) => ({ cell, at: random() })).toSorted((one, other) => one.at - other.at);
  const seen = new Set<string>();
  const isFirst = ({ call: { vendor }, fault }: Cell) => {
    const kind = isDeath(fault) ? fault : vendor;
    return !seen.has(kind) && seen.add(kind);
  };
  const shuffled = left.map(({ cell }) => cell);
  const firsts = shuffled.filter(isFirst);
  return [...firsts, ...shuffled.filter((cell) => !firsts.includes(cell))].slice(0, Math.max(count, firsts.length));
}

/** https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function titleOf({ call: { vendor, name, nth }, fault, afterEffect }: Cell): string {
  return `${vendor} ${name} #${nth}: ${fault} ${afterEffect ? "after" : "before"} its effect`;
}
