import { setTimeout as wait } from "node:timers/promises";
import type { Cleanup } from "../report/cleanup.ts";
import type { Size } from "../report/report.ts";
import { medianRatio, median, quantile } from "../report/statistics.ts";
import { sendRequests, type Load, type SignedRequest } from "./load.ts";
import { type Contender, startContenders } from "./workers.ts";

export interface ContestOptions<Name extends string> {
  contenders: Readonly<Record<Name, Contender>>;
  /** Where the requests go. */
  path: string;
  /** Makes requests that were not made before. */
  createRequests: (count: number) => SignedRequest[];
  size: Size;
}

const connections = 8;
const sizes = {
  full: { warmUpRequests: 1000, requestsPerRound: 200, rounds: 45 },
  small: { warmUpRequests: connections, requestsPerRound: connections, rounds: 1 },
};
const roundTimeoutMs = 20_000;
/** Until what follows a round's answers is through: reactions, and the queue's messages. */
const pauseMs = 150;

/** Miniflare's stand-in for the rate-limit binding is a database; the real one counts in memory. So it is not asked here. */
export const withoutFloodLimit = { BUGBOT_OPERATORS: "*" };

/** The share of a bare Worker's speed that the gateway is to reach. */
const target = 0.85;
export const howMeasured = (size: Size): string =>
  `One workerd, one queue, ${connections} connections, ${sizes[size].rounds} alternating rounds of ${sizes[size].requestsPerRound} requests each; ratios are medians of the rounds' own. All messages have the queue's default content type: the local queue reads JSON once more, whoever sends it.`;

/** Signed requests at several Workers in one workerd, in turns. */
export async function compete<Name extends string>(
  { contenders, path, createRequests, size }: ContestOptions<Name>,
  cleanup: Cleanup,
) {
  const { warmUpRequests, requestsPerRound, rounds } = sizes[size];
  const ports = await startContenders(contenders, cleanup);
  const send = (port: number, count: number): Promise<Load> =>
    sendRequests({ port, path, connections, requests: createRequests(count), timeoutMs: roundTimeoutMs });
  const loads = new Map(Object.keys(contenders).map((name) => [name, new Array<Load>()]));
  for (const port of ports.values()) await send(port, warmUpRequests);
  for (let round = 0; round < rounds; round++) {
    for (const [name, port] of round % 2 === 0 ? ports : [...ports].toReversed()) {
      await wait(pauseMs);
      loads.get(name)?.push(await send(port, requestsPerRound));
    }
  }

  const speeds = (name: string) => (loads.get(name) ?? []).map(({ requestsPerSecond }) => requestsPerSecond);
  const describe = (name: string): string => {
    const latencies = (loads.get(name) ?? []).flatMap(({ latenciesMs }) => latenciesMs);
    const [p50, p99] = [median(latencies), quantile(latencies, 0.99)].map((ms) => ms.toFixed(1));
    return `${median(speeds(name)).toFixed(0)}/s, p50 ${p50} ms, p99 ${p99} ms`;
  };
  const ratio = (name: string, beside: string): number => medianRatio(speeds(name), speeds(beside));
  const asItIs = ratio("gateway", "bare");
  return {
    describe: (name: Name) => describe(name),
    ratio: (name: Name, beside: Name) => ratio(name, beside),
    /** The line that the target is about. */
    asItIs: {
      what: "the gateway as it is",
      measured: describe("gateway"),
      comparison: `bare Worker: ${describe("bare")}`,
      ratio: asItIs,
      target: `≥ ${target}`,
      met: asItIs >= target,
    },
  };
}
