import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { buildWorkers } from "../../local/build-workers.ts";
import { createPerson } from "../../local/slack/events.ts";
import { createWorkspace } from "../../local/slack/workspace.ts";
import type { Cleanup } from "../report/cleanup.ts";
import type { Section } from "../report/report.ts";
import { medianRatio, median, quantile } from "../report/statistics.ts";
import { temporaryFolder } from "../report/temporary-folder.ts";
import { sendEvents, type Load } from "./load.ts";
import { startContenders } from "./workers.ts";

const connections = 8;
const warmUpEvents = 1000;
const eventsPerRound = 600;
const rounds = 15;
const roundTimeoutMs = 20_000;
/** Until the reactions and the queue's messages of a round are through. */
const pauseMs = 150;
const target = 0.85;
const signingSecret = "bench-signing-secret";
const report = "fix https://github.com/acme/shop Pressing Apply twice takes the code off twice. Customers noticed.";

/** Signed mentions at the gateway and at a Worker that does the least, in turns. */
export async function measureGateway(cleanup: Cleanup): Promise<Section> {
  const folder = await temporaryFolder(cleanup);
  await cleanup.start(() => buildWorkers(folder));
  const slackUrl = await startInstantServer(cleanup);
  const bareWorker = join(import.meta.dirname, "bare-worker.js");
  const [bare = 0, reacting = 0, gateway = 0] = await startContenders(
    [
      { name: "bare", path: bareWorker, variables: { SLACK_SIGNING_SECRET: signingSecret } },
      {
        name: "reacting",
        path: bareWorker,
        variables: { SLACK_SIGNING_SECRET: signingSecret, REACTION_URL: `${slackUrl}/reactions.add` },
      },
      {
        name: "gateway",
        path: join(folder, "gateway/index.js"),
        variables: { SLACK_SIGNING_SECRET: signingSecret, SLACK_BOT_TOKEN: "xoxb-bench", SLACK_API_URL: slackUrl },
      },
    ],
    cleanup,
  );

  const createEvents = eventMaker();
  const send = (port: number, count: number): Promise<Load> =>
    sendEvents({ port, connections, events: createEvents(count), timeoutMs: roundTimeoutMs });
  const ports = [bare, reacting, gateway];
  const loads = new Map(ports.map((port) => [port, new Array<Load>()]));
  for (const port of ports) await send(port, warmUpEvents);
  for (let round = 0; round < rounds; round++) {
    for (const port of round % 2 === 0 ? ports : ports.toReversed()) {
      await wait(pauseMs);
      loads.get(port)?.push(await send(port, eventsPerRound));
    }
  }

  const speeds = (port: number) => (loads.get(port) ?? []).map(({ requestsPerSecond }) => requestsPerSecond);
  function describe(port: number): string {
    const latencies = (loads.get(port) ?? []).flatMap(({ latenciesMs }) => latenciesMs);
    const [p50, p99] = [median(latencies), quantile(latencies, 0.99)].map((ms) => ms.toFixed(1));
    return `${median(speeds(port)).toFixed(0)}/s, p50 ${p50} ms, p99 ${p99} ms`;
  }
  const asItIs = medianRatio(speeds(gateway), speeds(bare));
  return {
    title: "Gateway: a signed mention",
    lines: [
      {
        what: "the gateway as it is",
        measured: describe(gateway),
        comparison: `bare Worker: ${describe(bare)}`,
        ratio: asItIs,
        target: `≥ ${target}`,
        met: asItIs >= target,
      },
      {
        what: "beside a bare Worker that reacts too",
        measured: describe(gateway),
        comparison: `bare + 👀: ${describe(reacting)}`,
        ratio: medianRatio(speeds(gateway), speeds(reacting)),
      },
      {
        what: "what the 👀 costs on this machine",
        measured: describe(reacting),
        comparison: `bare Worker: ${describe(bare)}`,
        ratio: medianRatio(speeds(reacting), speeds(bare)),
      },
    ],
    notes: [
      `One workerd, one queue, ${connections} connections, ${rounds} alternating rounds of ${eventsPerRound} events each; ratios are medians of the rounds' own.`,
      "The bare Worker checks Slack's HMAC and calls queue.send. The 👀 goes, after the answer, to a server in a process of its own that answers at once.",
    ],
  };
}

async function startInstantServer(cleanup: Cleanup): Promise<string> {
  const server = await cleanup.start(
    async () =>
      spawn(process.execPath, [join(import.meta.dirname, "../instant-server.ts")], {
        stdio: ["pipe", "pipe", "inherit"],
      }),
    (started) => started.kill(),
  );
  const [port] = await once(server.stdout, "data");
  return `http://127.0.0.1:${String(port).trim()}/api`;
}

/** Makes mentions as Slack sends them: signed, each with an event id of its own. */
function eventMaker() {
  const bot = { id: "U0BUGBOT", name: "bugbot", realName: "bugbot", isBot: true };
  const installation = { teamId: "T0ACME", domain: "acme", appId: "A0BUGBOT", botId: "B0BUGBOT", bot };
  const person = createPerson(createWorkspace({ ...installation, acceptUnknownThreads: false }), signingSecret);
  const { body: template } = person.mention(report, { eventId: "EvTEMPLATE" });
  let made = 0;
  return (count: number) =>
    Array.from({ length: count }, () => {
      made += 1;
      const body = template.replaceAll("EvTEMPLATE", `Ev${made}`);
      const length = String(Buffer.byteLength(body));
      return {
        body,
        headers: { "content-type": "application/json", "content-length": length, ...person.sign(body) },
      };
    });
}
