import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { buildWorkers } from "../../local/build-workers.ts";
import { createPerson } from "../../local/slack/events.ts";
import { createWorkspace } from "../../local/slack/workspace.ts";
import type { Cleanup } from "../report/cleanup.ts";
import type { Section, Size } from "../report/report.ts";
import { temporaryFolder } from "../report/temporary-folder.ts";
import { compete, howMeasured, withoutFloodLimit } from "./contest.ts";

const signingSecret = "bench-signing-secret";
const report = "fix https://github.com/acme/shop Pressing Apply twice takes the code off twice. Customers noticed.";

/** Signed mentions at the gateway and at a Worker that does the least, in turns. */
export async function measureSlack(cleanup: Cleanup, size: Size): Promise<Section> {
  const folder = await temporaryFolder(cleanup);
  await cleanup.start(() => buildWorkers(folder));
  const slackUrl = await startInstantServer(cleanup);
  const bareWorker = join(import.meta.dirname, "bare-slack-worker.js");
  const secret = { SLACK_SIGNING_SECRET: signingSecret };
  const contenders = {
    bare: { path: bareWorker, variables: secret },
    reacting: { path: bareWorker, variables: { ...secret, REACTION_URL: `${slackUrl}/reactions.add` } },
    gateway: {
      path: join(folder, "gateway/index.js"),
      variables: { ...secret, ...withoutFloodLimit, SLACK_BOT_TOKEN: "xoxb-bench", SLACK_API_URL: slackUrl },
    },
  };
  const createRequests = mentionMaker();
  const { describe, ratio, asItIs } = await compete(
    { contenders, path: "/slack/events", createRequests, size },
    cleanup,
  );
  return {
    title: "Slack mention: throughput and latency",
    lines: [
      asItIs,
      {
        what: "beside a bare Worker that reacts too",
        measured: describe("gateway"),
        comparison: `bare + 👀: ${describe("reacting")}`,
        ratio: ratio("gateway", "reacting"),
      },
      {
        what: "what the 👀 costs on this machine",
        measured: describe("reacting"),
        comparison: `bare Worker: ${describe("bare")}`,
        ratio: ratio("reacting", "bare"),
      },
    ],
    notes: [
      howMeasured(size),
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
function mentionMaker() {
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
