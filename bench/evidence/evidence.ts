import type { Cleanup } from "../report/cleanup.ts";
import type { Line, Section, Size } from "../report/report.ts";
import { inMs, median, medianRatio } from "../report/statistics.ts";
import { startContextualizer } from "./contextualizer.ts";
import { contradictions, criticalPath } from "./critical-path.ts";

const roundsOf = { full: 7, small: 1 };
const delayMs = 100;
const target = 1.3;

/** From a mention to the card, each outside call a tenth of a second away; then many at once. */
export async function measureEvidence(cleanup: Cleanup, size: Size): Promise<Section> {
  const rounds = roundsOf[size];
  const bugbot = await startContextualizer(cleanup);
  await bugbot.measure("warm-up", 0);
  const delayed = [];
  const bare = [];
  for (let round = 0; round < rounds; round++) {
    bare.push(await bugbot.measure(`bare-${round}`, 0));
    delayed.push(await bugbot.measure(`delayed-${round}`, delayMs));
  }
  const paths = delayed.map(({ calls }) => criticalPath(calls));
  const [path = []] = paths;
  const wrong = [...new Set(delayed.flatMap(({ calls }) => contradictions(calls)))];
  const beside = bare.map(({ ms }, round) => ms + (paths[round]?.length ?? Number.NaN) * delayMs);
  const ratio = medianRatio(
    delayed.map(({ ms }) => ms),
    beside,
  );
  return {
    title: "Evidence: from a mention to the card",
    lines: [
      {
        what: `mention → card, calls of ${delayMs} ms`,
        measured: inMs(median(delayed.map(({ ms }) => ms))),
        comparison: `critical path: ${inMs(median(beside))}`,
        ratio,
        target: `≤ ${target}`,
        met: ratio <= target,
      },
      {
        what: "  needs that a run contradicts",
        measured: String(wrong.length),
        target: "0",
        met: wrong.length === 0,
      },
      { what: "  with no delay", measured: inMs(median(bare.map(({ ms }) => ms))) },
      ...callsOf(delayed.map((run) => run.calls)),
    ],
    notes: [
      `${rounds} alternating rounds, medians. The critical path is ${path.length} calls that each need the answer of the one before (bench/evidence/critical-path.ts says which do, and only those count that were seen to wait for it), ${delayMs} ms each, and all of the same round's time without delay: bugbot's own, the queue's, and the stand-ins'.`,
      "That time is counted in full although some of it passes beside the calls, so a ratio below 1 is possible.",
      ...wrong,
      `The path: ${path.map((name) => name.replace(/\?.*/, "")).join(" → ")}.`,
    ],
  };
}

function callsOf(runs: readonly ReadonlyMap<string, readonly unknown[]>[]): Line[] {
  const vendors = [...(runs[0]?.keys() ?? [])];
  return vendors.flatMap((vendor) => {
    const count = median(runs.map((run) => run.get(vendor)?.length ?? 0));
    return count === 0 ? [] : [{ what: `  calls of ${vendor}`, measured: String(count) }];
  });
}
