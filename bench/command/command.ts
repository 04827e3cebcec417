import * as z from "zod";
import { workers } from "../../local/build-workers.ts";
import { demoScript } from "../../local/demo-repository.ts";
import { createSettlements } from "../../local/settlements.ts";
import { startStack } from "../../local/stack.ts";
import type { RecordedRequest } from "../../local/stand-in.ts";
import type { JobEvent, Stage } from "../../shared/job.ts";
import type { Cleanup } from "../report/cleanup.ts";
import type { Section, Size } from "../report/report.ts";
import { inMs, median, medianRatio } from "../report/statistics.ts";
import { reportOn, seedShop } from "./demo-job.ts";
import { fixByHand, type HandTimes } from "./by-hand.ts";

const roundsOf = { full: 7, small: 1 };
const commandTimeoutMs = 60_000;
const target = 1.5;

type Run = Awaited<ReturnType<typeof startBugbot>>;
type BugbotTimes = Awaited<ReturnType<Run["fix"]>>;

/** From a mention to the last word after the pull request, beside the same steps by hand, in turns. */
export async function measureCommand(cleanup: Cleanup, size: Size): Promise<Section> {
  const rounds = roundsOf[size];
  const bugbot = await startBugbot(cleanup);
  const byHand = (name: string) => cleanup.start(() => fixByHand(name, bugbot));

  if (size === "full") {
    await bugbot.fix("warm-up");
    await byHand("warm-up");
  }
  const own: BugbotTimes[] = [];
  const hand: HandTimes[] = [];
  for (let round = 0; round < rounds; round++) {
    own.push(await bugbot.fix(`round-${round}`));
    hand.push(await byHand(`round-${round}`));
  }

  const totals = own.map(({ total }) => total);
  const handTotals = hand.map(({ total }) => total);
  const ratio = medianRatio(totals, handTotals);
  return {
    title: "Command: from a mention to a pull request",
    lines: [
      {
        what: "mention → the last word",
        measured: inMs(median(totals)),
        comparison: `by hand: ${inMs(median(handTotals))}`,
        ratio,
        target: `≤ ${target}`,
        met: ratio <= target,
      },
      ...stages(own, hand),
    ],
    notes: [
      `${rounds} alternating rounds after a warm-up, medians. By hand: git clone, claude with the same flags and script, git commit, git push, npm test with the change and without it, POST of the pull request.`,
      `Calls of one command: ${own.at(-1)?.calls ?? ""}.`,
    ],
  };
}

function stages(own: readonly BugbotTimes[], hand: readonly HandTimes[]) {
  const ms = (read: (times: BugbotTimes) => number) => inMs(median(own.map(read)));
  const handMs = (read: (times: HandTimes) => number) => `by hand: ${inMs(median(hand.map(read)))}`;
  return [
    { what: "  the gateway answers", measured: ms(({ answered }) => answered) },
    { what: "  queue; the Workflow starts", measured: ms(({ admitted }) => admitted) },
    { what: "  Slack, Linear, GitHub; job starts", measured: ms(({ prepared }) => prepared) },
    { what: "  clone", measured: ms(({ cloning }) => cloning), comparison: handMs(({ clone }) => clone) },
    { what: "  Claude Code", measured: ms(({ asking }) => asking), comparison: handMs(({ ask }) => ask) },
    {
      what: "  check the change, commit",
      measured: ms(({ checking }) => checking),
      comparison: handMs(({ commit }) => commit),
    },
    { what: "  push", measured: ms(({ pushing }) => pushing), comparison: handMs(({ push }) => push) },
    { what: "  prove it", measured: ms(({ verifying }) => verifying), comparison: handMs(({ verify }) => verify) },
    {
      what: "  check again, open the pull request",
      measured: ms(({ opened }) => opened),
      comparison: handMs(({ pullRequest }) => pullRequest),
    },
    { what: "  link it in Linear, the last word", measured: ms(({ settled }) => settled) },
  ];
}

/** The local stack with the demo's repository. */
async function startBugbot(cleanup: Cleanup) {
  const settlements = createSettlements();
  const stack = await cleanup.start(
    () => startStack({ variables: {}, script: demoScript, onLog: settlements.onLog }),
    (started) => started.close(),
  );
  const { url, standIns, containerServer, workers: miniflare } = stack;
  const { slack, linear, github, anthropic } = standIns;
  if (!slack || !linear || !github || !anthropic || !containerServer) throw new Error("a stand-in is missing");
  const database = await miniflare.getD1Database("DB", workers.consumer.name);

  const counts = (): Record<string, number> => {
    const isApi = ({ path }: RecordedRequest) => path.startsWith("/api/");
    const git = github.requests.filter((request) => !isApi(request)).length;
    return {
      Slack: slack.requests.length,
      Linear: linear.requests.length,
      GitHub: github.requests.length - git,
      git,
      model: anthropic.requests.length,
    };
  };

  /** Runs one command. Answers how long each of its parts took, in ms. */
  const fix = async (round: string) => {
    const repository = await seedShop(github, `bugbot-${round}`);
    const eventId = `Ev${round}`;
    const commandId = `slack-${eventId}`;
    const before = counts();
    const { body, headers } = slack.mention(`fix ${reportOn(repository)}`, { channel: "C0BUGS", eventId });
    const sentAt = Date.now();
    const answer = await fetch(`${url}/slack/events`, { method: "POST", body, headers });
    if (!answer.ok) throw new Error(`the gateway answered ${answer.status}`);
    const answeredAt = Date.now();
    const { outcome } = await settlements.of(commandId, commandTimeoutMs);
    const settledAt = Date.now();
    if (outcome !== "succeeded") throw new Error(`the command ended as ${outcome}`);

    const calls = Object.entries(counts()).map(([name, count]) => `${name} ${count - (before[name] ?? 0)}`);
    const row = await database.prepare("SELECT started_at FROM commands WHERE id = ?").bind(commandId).first();
    const { started_at: startedAt } = z.object({ started_at: z.number() }).parse(row);
    const at = jobMoments(await containerServer.events(commandId));
    // Linear hears of the pull request as soon as it is open.
    const openedAt = linear.requests.at(-1)?.at ?? Number.NaN;
    return {
      answered: answeredAt - sentAt,
      // The queue may deliver before the gateway's answer has arrived here.
      admitted: startedAt - answeredAt,
      prepared: at.cloning - startedAt,
      cloning: at.asking - at.cloning,
      asking: at.checking - at.asking,
      checking: at.pushing - at.checking,
      pushing: at.verifying - at.pushing,
      verifying: at.end - at.verifying,
      opened: openedAt - at.end,
      settled: settledAt - openedAt,
      total: settledAt - sentAt,
      calls: calls.join(", "),
    };
  };
  return { fix, github, anthropic };
}

/** When each stage of a job began and when it ended, in ms since the epoch. */
function jobMoments(events: readonly JobEvent[]): Record<Stage | "end", number> {
  const first = (stage: Stage) =>
    events.find((event) => event.kind === "stage" && event.stage === stage)?.at ?? Number.NaN;
  const end = events.find(({ kind }) => kind === "outcome")?.at ?? Number.NaN;
  return {
    cloning: first("cloning"),
    asking: first("asking"),
    checking: first("checking"),
    pushing: first("pushing"),
    verifying: first("verifying"),
    end,
  };
}
