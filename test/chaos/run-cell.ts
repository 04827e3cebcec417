import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import { demoCustomer } from "../../local/demo-behaviour.ts";
import { localAdminKey } from "../../shared/local-admin-key.ts";
import type { RecordedRequest } from "../../local/stand-in.ts";
import { workersPid } from "../../local/workers-pid.ts";
import type { World } from "../world.ts";
import { callsSince, nameOf, standInOf, vendors, type Call } from "./calls.ts";
import { type Cell, faults, isDeath } from "./cells.ts";
import { judge } from "./judge.ts";
import type { ChaosWorld } from "./chaos-world.ts";
import { lose, pause, restarted, revive } from "./kill-workers.ts";
import { look } from "./look.ts";

/** The shortest wait before an effect is tried again. */
const shortestWaitMs = 500;

const commands = {
  contextualize: `contextualize https://github.com/acme/shop Pressing Apply twice takes the code off. ${demoCustomer.email} noticed.`,
  fix: "fix https://github.com/acme/shop Pressing Apply twice takes the discount code off twice.",
};
export type CommandName = keyof typeof commands;
export const commandNames = ["contextualize", "fix"] as const satisfies CommandName[];

/** `replayed`: an honest failure, then success. `missed`: this run did not make the call. */
export const resultKinds = ["succeeded", "replayed", "missed", "violated"] as const;

export interface Result {
  cell: Cell;
  kind: (typeof resultKinds)[number];
  /** How the first attempt ended. */
  outcome?: string | undefined;
  problems: string[];
}

/** One run with one fault, a Retry where it failed, and what came of both. */
export async function runCell(world: ChaosWorld, command: CommandName, cell: Cell, byHand: boolean): Promise<Result> {
  await forget(world);
  const asked = ask(world, command);
  const struck = await plan(world, cell, asked);
  const { outcomes, problems } = await runOnce(world, command, asked, byHand, struck, cell.call.name);
  const hasFired = await struck();
  const [outcome] = outcomes;
  // Nothing failed for good: nobody has to ask again.
  const isHarmless = cell.fault === "paused" || cell.fault === "killed in a wait";
  if (isHarmless && outcome !== "succeeded") problems.push(`${cell.fault} made it ${outcome}`);
  const ended = { cell, problems, ...(outcome !== undefined && { outcome }) };
  if (problems.length > 0) return { ...ended, kind: "violated" };
  if (!hasFired) return { ...ended, kind: "missed" };
  return { ...ended, kind: outcomes.length > 1 ? "replayed" : "succeeded" };
}

/** Every call that a run makes where nothing fails. */
export async function recordRun(world: World, command: CommandName): Promise<Call[]> {
  const since = Date.now();
  const { problems } = await runOnce(world, command, ask(world, command), false, async () => true);
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

export interface Asked {
  commandId: string;
  ts: string;
  send: () => Promise<Response>;
}

export function ask(world: World, command: CommandName): Asked {
  const eventId = `Ev${randomUUID().replaceAll("-", "")}`;
  const { body, headers, message } = world.slack.mention(commands[command], { channel: world.channel, eventId });
  return { commandId: `slack-${eventId}`, ts: message.ts, send: () => world.post(body, headers) };
}

/** Answers whether it came about, once what follows it is over. */
async function plan(
  world: ChaosWorld,
  { call, fault, afterEffect }: Cell,
  asked: Asked,
): Promise<() => Promise<boolean>> {
  const { vendor, name, nth } = call;
  let seen = 0;
  let death: Promise<void> | undefined;
  const isIt = (request: RecordedRequest) => nameOf(request) === name && ++seen >= nth;
  const standIn = standInOf(world, vendor);
  if (!isDeath(fault)) standIn.fault(isIt, { ...faults[fault], afterEffect });
  else if (fault === "container killed" || fault === "paused") {
    standIn.fault((request) => {
      if (isIt(request)) death ??= fault === "paused" ? pause(world, asked.commandId) : world.killContainer();
      return false;
    }, {});
  } else {
    const pid = await workersPid(world.url);
    const kill = async () => {
      process.kill(pid, "SIGKILL");
      await restarted(world, pid);
      await (fault === "Workflow lost" ? lose : revive)(world, asked.commandId, asked.send);
    };
    const isInWait = fault === "killed in a wait";
    const strike = () => void (death = isInWait ? wait(shortestWaitMs / 2).then(kill) : kill());
    standIn.fault(isIt, { ...(isInWait ? faults["500"] : { hang: true }), afterEffect, strike });
  }
  return async () => {
    await death;
    return seen >= nth;
  };
}

/** Asks, waits for the last word, and asks again as a person (or an operator) would where that says it failed. */
async function runOnce(
  world: World,
  command: CommandName,
  { commandId, ts, send }: Asked,
  byHand: boolean,
  struck: () => Promise<boolean>,
  broken?: string,
) {
  const before = await look(world);
  const ids = [commandId];
  const outcomes: string[] = [];
  const problems: string[] = [];
  try {
    await send();
    const { outcome } = await world.endOf(commandId);
    outcomes.push(outcome);
    await struck();
    for (const vendor of vendors) standInOf(world, vendor).mend();
    problems.push(...(await judge(world, { command, before, ts, ids, outcomes, broken })));
    if (outcome !== "succeeded" && problems.length === 0) {
      const again = await (byHand && outcome === "failed" ? replay(world, commandId) : retry(world, ts));
      ids.push(again.commandId);
      outcomes.push(again.outcome);
      if (again.outcome !== "succeeded") problems.push(`the new attempt ${again.outcome}`);
      problems.push(...(await judge(world, { command, before, ts, ids, outcomes, broken })));
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
