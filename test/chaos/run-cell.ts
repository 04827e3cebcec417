import { randomUUID } from "node:crypto";
import * as z from "zod";
import { demoCustomer } from "../../local/demo-behaviour.ts";
import { localAdminKey } from "../../shared/local-admin-key.ts";
import type { RecordedRequest } from "../../local/stand-in.ts";
import type { World } from "../world.ts";
import { callsSince, nameOf, standInOf, vendors, type Call } from "./calls.ts";
import { type Cell, faults } from "./cells.ts";
import { judge } from "./judge.ts";
import type { ChaosWorld } from "./kill-container.ts";
import { look } from "./look.ts";

export const commands = {
  contextualize: `contextualize https://github.com/acme/shop Pressing Apply twice takes the code off. ${demoCustomer.email} noticed.`,
  fix: "fix https://github.com/acme/shop Pressing Apply twice takes the discount code off twice.",
};
export type CommandName = keyof typeof commands;

export interface Result {
  cell: Cell;
  /** `replayed`: an honest failure, then success. `missed`: this run did not make the call. */
  kind: "succeeded" | "replayed" | "missed" | "violated";
  /** How the first attempt ended. */
  outcome?: string;
  problems: string[];
}

/** One run with one fault, a Retry where it failed, and what came of both. */
export async function runCell(world: ChaosWorld, command: CommandName, cell: Cell, byHand: boolean): Promise<Result> {
  await forget(world);
  const planned = plan(world, cell);
  const { outcomes, problems } = await runOnce(world, command, byHand);
  const hasFired = await planned();
  const [outcome] = outcomes;
  const ended = { cell, problems, ...(outcome !== undefined && { outcome }) };
  if (problems.length > 0) return { ...ended, kind: "violated" };
  if (!hasFired) return { ...ended, kind: "missed" };
  return { ...ended, kind: outcomes.length > 1 ? "replayed" : "succeeded" };
}

/** Every call that a run makes where nothing fails. */
export async function recordRun(world: World, command: CommandName): Promise<Call[]> {
  const since = Date.now();
  const { problems } = await runOnce(world, command, false);
  if (problems.length > 0) throw new Error(`a run without faults: ${problems.join("; ")}`);
  return callsSince(world, since);
}

/** Nothing an earlier cell left behind spares this one a call, or costs it one. */
async function forget(world: World): Promise<void> {
  for (const vendor of vendors) standInOf(world, vendor).mend();
  world.github.limits.reset();
  const db = await world.database();
  await db.batch(["code_searches", "source_calls", "breakers"].map((table) => db.prepare(`DELETE FROM ${table}`)));
  const kv = await world.threadIssues();
  for (const prefix of ["linear:", "code-search:"]) {
    for (const { name } of (await kv.list({ prefix })).keys) await kv.delete(name);
  }
}

/** Answers whether it came about. */
function plan(world: ChaosWorld, { call: { vendor, name, nth }, fault, afterEffect }: Cell): () => Promise<boolean> {
  let seen = 0;
  let killed: Promise<void> | undefined;
  const isIt = (request: RecordedRequest) => nameOf(request) === name && ++seen >= nth;
  if (fault === "container killed") {
    standInOf(world, vendor).fault((request) => {
      if (isIt(request)) killed ??= world.killContainer();
      return false;
    }, {});
  } else standInOf(world, vendor).fault(isIt, { ...faults[fault], afterEffect });
  return async () => {
    await killed;
    return seen >= nth;
  };
}

/** Asks, waits for the last word, and asks again as a person (or an operator) would where that says it failed. */
async function runOnce(world: World, command: CommandName, byHand: boolean) {
  const before = await look(world);
  const eventId = `Ev${randomUUID().replaceAll("-", "")}`;
  const { body, headers, message } = world.slack.mention(commands[command], { channel: world.channel, eventId });
  const ids = [`slack-${eventId}`];
  const outcomes: string[] = [];
  const problems: string[] = [];
  try {
    await world.post(body, headers);
    const { outcome } = await world.settled(eventId);
    outcomes.push(outcome);
    for (const vendor of vendors) standInOf(world, vendor).mend();
    problems.push(...(await judge(world, { command, before, ts: message.ts, ids, outcomes })));
    if (outcome !== "succeeded" && problems.length === 0) {
      const again = await (byHand ? replay(world, ids[0] ?? "") : retry(world, message.ts));
      ids.push(again.commandId);
      outcomes.push(again.outcome);
      if (again.outcome !== "succeeded") problems.push(`the new attempt ${again.outcome}`);
      problems.push(...(await judge(world, { command, before, ts: message.ts, ids, outcomes })));
    }
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  return { outcomes, problems: [...new Set(problems)] };
}

function retry(world: World, ts: string) {
  const said = world.slack.thread(world.channel, ts).findLast(({ author }) => author === "bugbot");
  return world.ends(() => world.fromSlack(world.slack.pressButton("Retry", { ts: said?.ts ?? "" })));
}

/** `npx bugbot dlq replay`; what is no dead letter has its button only. */
async function replay(world: World, id: string) {
  const response = await fetch(`${world.url}/api/dlq/${id}/replay`, {
    method: "POST",
    headers: { authorization: `Bearer ${localAdminKey}` },
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`dlq replay: HTTP ${response.status}: ${JSON.stringify(answer)}`);
  return world.endOf(z.object({ commandId: z.string() }).parse(answer).commandId);
}
