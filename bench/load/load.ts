import { join } from "node:path";
import { sendRequests } from "../gateway/load.ts";
import { startContenders } from "../gateway/workers.ts";
import { type Cleanup, createCleanup } from "../report/cleanup.ts";
import type { Section, Size } from "../report/report.ts";
import { inMs, median, quantile } from "../report/statistics.ts";
import { burst, connections } from "./burst.ts";

const mentions = { full: { few: 100, many: 1_000 }, small: { few: 1, many: 3 } };
const maxRatio = 1.2;

/** As many mentions as the gateway takes, until the last of them has its last word; beside a tenth of them. */
export async function measureLoad(cleanup: Cleanup, size: Size): Promise<Section> {
  const { few, many } = mentions[size];
  const small = await burst(await within(cleanup), few);
  const large = await burst(await within(cleanup), many);
  const bare = await measureBare(cleanup, large.requests);
  const ratio = large.msEach / small.msEach;
  const none = (what: string, count: number) => ({ what, measured: String(count), target: "0", met: count === 0 });
  const inMb = (mb: number) => `${mb.toFixed(0)} MB`;
  return {
    title: `Load: ${many} signed mentions as fast as they are taken`,
    lines: [
      {
        what: "answered with 200",
        measured: `${large.gateway.latenciesMs.length} in ${(large.answeredMs / 1000).toFixed(1)} s`,
        target: String(many),
        met: large.gateway.latenciesMs.length === many,
      },
      {
        what: "the gateway's answer meanwhile",
        measured: percentiles(large.gateway.latenciesMs),
        comparison: `bare Worker alone: ${percentiles(bare.latenciesMs)}`,
      },
      none("without exactly one card and one success", small.unfinished + large.unfinished),
      none("doubled", small.doubled + large.doubled),
      { what: "drained", measured: `${(1000 / large.msEach).toFixed(1)} commands/s` },
      {
        what: "time each",
        measured: inMs(large.msEach),
        comparison: `${few} mentions: ${inMs(small.msEach)}`,
        ratio,
        target: `≤ ${maxRatio}`,
        met: ratio <= maxRatio,
      },
      ...(["workerd", "container"] as const).map((name) => ({
        what: `most memory of ${name === "container" ? "the container server" : name}`,
        measured: inMb(large.mostMemory(name)),
        comparison: `${few} mentions: ${inMb(small.mostMemory(name))}`,
        ratio: large.mostMemory(name) / small.mostMemory(name),
      })),
    ],
    notes: [
      `contextualize, each in a thread of its own; ${connections} connections; both Workers, queue, D1, KV, Workflows and their storage in one workerd, the stand-ins in this process, all on the same processors. A fix is seconds of real work each: a thousand of them are not measured.`,
      "Each mention is another person's and nobody is an operator: the gateway asks the flood limit's binding for every one, which Miniflare keeps in a database and Cloudflare in memory, and the consumer counts what each person and the workspace may do.",
      "In production the gateway shares no process with what it has put on the queue. The bare Worker gets the same requests, but nothing is done about them.",
      "The local queue hands over one message at a time; Cloudflare's scales its consumers.",
    ],
  };
}

/** A cleanup that the whole one does too, and that may be done before. */
async function within(cleanup: Cleanup): Promise<Cleanup> {
  return cleanup.start(
    async () => createCleanup(),
    (own) => own.run(),
  );
}

async function measureBare(cleanup: Cleanup, requests: Awaited<ReturnType<typeof burst>>["requests"]) {
  const path = join(import.meta.dirname, "../gateway/bare-slack-worker.js");
  const variables = { SLACK_SIGNING_SECRET: "local-slack-signing-secret" };
  const [port = 0] = (await startContenders({ bare: { path, variables } }, cleanup)).values();
  return sendRequests({ port, path: "/slack/events", connections, requests, timeoutMs: 60_000 });
}

function percentiles(latenciesMs: readonly number[]): string {
  return `p50 ${inMs(median(latenciesMs))}, p99 ${inMs(quantile(latenciesMs, 0.99))}`;
}
