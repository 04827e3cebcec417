import type { Anthropic, Script } from "../../local/anthropic.ts";
import { demoScript } from "../../local/demo-repository.ts";
import { createSettlements } from "../../local/settlements.ts";
import type { Slack } from "../../local/slack.ts";
import { startStack } from "../../local/stack.ts";
import type { JobEvent, Stage } from "../../shared/job.ts";
import type { Cleanup } from "../report/cleanup.ts";
import type { Section, Size } from "../report/report.ts";
import { inMs, median, medianRatio } from "../report/statistics.ts";
import { reportOn, seedShop } from "./demo-job.ts";

const roundsOf = { full: 5, small: 1 };
const endMs = 60_000;
const channel = "C0BUGS";
const more = "also say why in a comment";

/** In a thread where it has worked before, the model knows the code and changes it at once. */
const script: Script = (call) => {
  if (!call.said.includes(more)) return demoScript(call);
  const command = "echo '// a code counts once' >> src/cart.js";
  return call.toolResults.length === 0
    ? [{ tool: "Bash", input: { command, description: "Append a comment" } }]
    : [{ text: "Said why." }];
};

/** A follow-up in a thread with a pull request, beside the first run there. */
export async function measureFollowUp(cleanup: Cleanup, size: Size): Promise<Section> {
  const rounds = roundsOf[size];
  const settlements = createSettlements();
  const stack = await cleanup.start(
    () => startStack({ variables: {}, script, onLog: settlements.onLog }),
    (started) => started.close(),
  );
  const { containerServer } = stack;
  const { slack, github, anthropic } = stack.standIns;
  if (!slack || !github || !anthropic || !containerServer) throw new Error("a stand-in is missing");
  const needs = { slack, anthropic, gatewayUrl: stack.url, events: (jobId: string) => containerServer.events(jobId) };
  const ask = createAsk(needs, (commandId) => settlements.of(commandId, endMs));

  const firsts: Ran[] = [];
  const followUps: Ran[] = [];
  // The first round of many warms up.
  const warmUps = size === "full" ? 1 : 0;
  for (let round = 0; round < warmUps + rounds; round++) {
    const repository = await seedShop(github, `follow-up-${round}`);
    const first = await ask(`EvFirst${round}`, `fix ${reportOn(repository)}`);
    const followUp = await ask(`EvMore${round}`, more, first.ts);
    if (round < warmUps) continue;
    firsts.push(first);
    followUps.push(followUp);
  }

  const ms = (runs: readonly Ran[], read: (ran: Ran) => number) => inMs(median(runs.map(read)));
  const beside = (what: string, read: (ran: Ran) => number) => ({
    what,
    measured: ms(followUps, read),
    comparison: `first run: ${ms(firsts, read)}`,
    ratio: medianRatio(followUps.map(read), firsts.map(read)),
  });
  const calls = (runs: readonly Ran[]) => median(runs.map((ran) => ran.modelCalls));
  return {
    title: "Follow-up: from a message to the changed pull request",
    lines: [
      beside("message → the last word", ({ totalMs }) => totalMs),
      beside("  checkout", ({ checkoutMs }) => checkoutMs),
      beside("  Claude Code", ({ askMs }) => askMs),
      { what: "  calls of the model", measured: `${calls(followUps)}`, comparison: `first run: ${calls(firsts)}` },
    ],
    notes: [
      `${rounds} rounds after a warm-up, medians. A follow-up resumes the session and reads nothing again. Its folder is new here, where one server has all conversations; what a container of its own saves is in the part "checkout".`,
    ],
  };
}

interface AskNeeds {
  slack: Slack;
  anthropic: Anthropic;
  gatewayUrl: string;
  events: (jobId: string) => Promise<JobEvent[]>;
}

type Ran = Awaited<ReturnType<ReturnType<typeof createAsk>>>;

/** Mentions bugbot and waits for its last word. */
function createAsk(
  { slack, anthropic, gatewayUrl, events: eventsOf }: AskNeeds,
  endOf: (commandId: string) => Promise<{ outcome: string }>,
) {
  return async (eventId: string, text: string, threadTs?: string) => {
    const callsBefore = anthropic.requests.length;
    const startedAt = performance.now();
    const { body, headers, message } = slack.mention(text, { channel, eventId, ...(threadTs && { threadTs }) });
    await fetch(`${gatewayUrl}/slack/events`, { method: "POST", body, headers });
    const { outcome } = await endOf(`slack-${eventId}`);
    const totalMs = performance.now() - startedAt;
    if (outcome !== "succeeded") throw new Error(`${eventId} ended as ${outcome}`);
    const events = await eventsOf(`slack-${eventId}`);
    const at = (stage: Stage) => events.find((one) => one.kind === "stage" && one.stage === stage)?.at ?? Number.NaN;
    return {
      ts: message.ts,
      totalMs,
      checkoutMs: at("asking") - at("cloning"),
      askMs: at("checking") - at("asking"),
      modelCalls: anthropic.requests.length - callsBefore,
    };
  };
}
