import type { Cleanup } from "../report/cleanup.ts";
import type { Line } from "../report/report.ts";
import { startContextualizer } from "./contextualizer.ts";

const few = 50;
const many = 500;
const maxRatio = 1.2;

/** Many commands at once, each of its own thread, beside a tenth of them; each in a stack of its own. */
export async function measureMany(cleanup: Cleanup): Promise<Line[]> {
  const small = await run(cleanup, few);
  const large = await run(cleanup, many);
  const ratio = large.msEach / small.msEach;
  return [
    {
      what: `${many} commands at once, time each`,
      measured: `${large.msEach.toFixed(1)} ms`,
      comparison: `${few} at once: ${small.msEach.toFixed(1)} ms`,
      ratio,
      target: `≤ ${maxRatio}`,
      met: ratio <= maxRatio,
    },
    {
      what: "  lost",
      measured: String(small.lost + large.lost),
      target: "0",
      met: small.lost + large.lost === 0,
    },
    {
      what: "  doubled",
      measured: String(small.doubled + large.doubled),
      target: "0",
      met: small.doubled + large.doubled === 0,
    },
  ];
}

async function run(cleanup: Cleanup, count: number) {
  const bugbot = await startContextualizer(cleanup);
  await bugbot.contextualize("warm-up");
  const begin = performance.now();
  const ended = await Promise.all(Array.from({ length: count }, (_each, at) => bugbot.contextualize(`many-${at}`)));
  const msEach = (performance.now() - begin) / count;
  const { issues, comments } = bugbot.linear.workspace;
  let lost = 0;
  let doubled = 0;
  for (const { outcome, ts } of ended) {
    const words = bugbot.thread(ts).filter(({ author }) => author === "bugbot");
    const links = bugbot.linear.workspace.attachments.filter(({ url }) => url.endsWith(`p${ts.replace(".", "")}`));
    const commented = comments.filter(({ issueId }) => links.some((link) => link.issueId === issueId));
    const made = [words, links, commented];
    if (outcome !== "succeeded" || made.some(({ length }) => length === 0)) lost += 1;
    if (made.some(({ length }) => length > 1)) doubled += 1;
  }
  // Also what no thread knows of.
  doubled += issues.length - (count + 1) > 0 ? issues.length - (count + 1) : 0;
  return { msEach, lost, doubled };
}
