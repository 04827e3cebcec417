import { setTimeout as wait } from "node:timers/promises";
import { demoCustomer, seedDemoBehaviour } from "../../local/demo-behaviour.ts";
import { demoReport, seedDemoRepository } from "../../local/demo-repository.ts";
import type { Variables } from "../../local/local-settings.ts";
import { outsideCalls } from "../../local/outside-calls.ts";
import { createSettlements } from "../../local/settlements.ts";
import { startStack } from "../../local/stack.ts";
import type { Cleanup } from "../report/cleanup.ts";

const timeoutMs = 30 * 60_000;
const channel = "C0BUGS";

/** The local stack with the demo's world, and somebody who asks it for evidence. */
export async function startContextualizer(cleanup: Cleanup, variables: Variables = {}) {
  const settlements = createSettlements();
  const stack = await cleanup.start(
    () => startStack({ variables, onLog: settlements.onLog }),
    (started) => started.close(),
  );
  const { slack, linear, github, posthog } = stack.standIns;
  if (!slack || !linear || !github || !posthog) throw new Error("a stand-in is missing");
  await seedDemoRepository(github);
  seedDemoBehaviour(posthog);
  github.limits.lift();

  const { mention } = slack;
  /** Somebody mentions bugbot under a report of its own. */
  function ask(name: string, user?: string) {
    const eventId = `Ev${name}`;
    const text = `contextualize ${demoReport} ${demoCustomer.email} wrote to us.`;
    return {
      ...mention(text, { channel, eventId, ...(user !== undefined && { user }) }),
      commandId: `slack-${eventId}`,
    };
  }

  const endOf = (commandId: string) => settlements.of(commandId, timeoutMs);

  /** Waits for the last word. */
  async function contextualize(name: string) {
    const { path, body, headers, message, commandId } = ask(name);
    const sentAt = Date.now();
    const answer = await fetch(`${stack.url}${path}`, { method: "POST", body, headers });
    if (!answer.ok) throw new Error(`the gateway answered ${answer.status}`);
    const { outcome } = await endOf(commandId);
    return { sentAt, outcome, ts: message.ts };
  }

  return {
    stack,
    linear,
    ask,
    endOf,
    contextualize,
    /** How long one command takes from the mention to the card in the thread, in ms, and what it asked of whom. */
    async measure(name: string, delayMs: number) {
      for (const standIn of [slack, linear, github, posthog]) standIn.delay(delayMs);
      const { sentAt, outcome } = await contextualize(name);
      if (outcome !== "succeeded") throw new Error(`the command ended as ${outcome}`);
      const lastWord = slack.requests.findLast(({ operation }) => operation === "chat.update");
      // What follows the last word, its mark, belongs to this command too.
      await wait(3 * delayMs + 50);
      const shownAt = (lastWord?.at ?? Number.NaN) + delayMs;
      return { ms: shownAt - sentAt, calls: outsideCalls(stack.standIns, sentAt) };
    },
    thread: (ts: string) => slack.thread(channel, ts),
  };
}
