import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { inject } from "vitest";
import { workers } from "../local/build-workers.ts";
import { seedDemoBehaviour } from "../local/demo-behaviour.ts";
import { demoRepository, demoScript, seedDemoRepository } from "../local/demo-repository.ts";
import type { Variables } from "../local/local-settings.ts";
import type { SignedInteraction } from "../local/discord.ts";
import { createSettlements } from "../local/settlements.ts";
import type { SignedRequest } from "../local/slack/sign.ts";
import type { Command } from "../shared/command.ts";
import { startStack } from "../local/stack.ts";
import type { ScriptedModel, StandInCredentials, StandIns } from "../local/stand-ins.ts";
import type { Containers } from "../local/workers.ts";

export interface WorldOptions {
  /** Other bundles than the tests' own. */
  bundles?: string;
  variables?: Variables;
  script?: ScriptedModel;
  /** Whether Slack has its status line for apps. */
  assistant?: boolean;
  /** Whether bugbot is declared as an agent in Slack. */
  agent?: boolean;
  credentials?: StandInCredentials;
  /** A Cloudflare Container for each conversation, not one container server as a process. */
  containers?: Containers;
  /** Whether `npx bugbot logs` can read what the Workers print. */
  keepsLog?: boolean;
  /** What else there is outside: by its own URL, where it is answered. */
  places?: Variables;
  /** How long a command may take until its last word. */
  endMs?: number;
}

export interface Says {
  eventId?: string;
  threadTs?: string;
  user?: string;
}

/** A command's Workflow, as far as tests meddle with it. */
export interface Instance {
  status: () => Promise<{ status: string }>;
  pause: () => Promise<void>;
  resume: () => Promise<void>;
  restart: () => Promise<void>;
  terminate: () => Promise<void>;
}

const channel = "C0BUGS";

/** A vendor that is down is tried three times, and not waited for. */
const impatient: Variables = { BUGBOT_PATIENCE_SECONDS: "0" };

/** bugbot and the outside world, for one test file: both real Workers, the real local queue, the real container server. */
export async function createWorld({ variables = {}, script = demoScript, ...options }: WorldOptions = {}) {
  const endMs = options.endMs ?? (options.containers ? 240_000 : 60_000);
  const settlements = createSettlements();
  const logs: string[] = [];
  const stack = await startStack({
    ...options,
    variables: { ...impatient, ...variables },
    script,
    bundles: options.bundles ?? inject("bundles"),
    onLog: (line) => {
      logs.push(line);
      settlements.onLog(line);
    },
  });
  const { slack, discord, linear, github, posthog, anthropic } = await peopled(stack).catch(async (error: unknown) => {
    await stack.close();
    throw error;
  });

  async function post(body: string, headers: Record<string, string>): Promise<Response> {
    return fetch(`${stack.url}/slack/events`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json", ...headers },
    });
  }

  /** Mentions bugbot and waits for its last word. Returns the thread as people see it. */
  async function mention(text: string, { eventId = `Ev${randomUUID().replaceAll("-", "")}`, ...says }: Says = {}) {
    const { body, headers, message } = slack.mention(text, { channel, eventId, ...says });
    const answer = await post(body, headers);
    if (answer.status !== 200) throw new Error(`the gateway answered ${answer.status}: ${await answer.text()}`);
    const { outcome } = await settlements.of(`slack-${eventId}`, endMs);
    const ts = says.threadTs ?? message.ts;
    const thread = slack.thread(channel, ts);
    return {
      ts,
      outcome,
      thread,
      asked: thread.find((seen) => seen.ts === message.ts),
      replies: thread.filter(({ author }) => author === "bugbot"),
    };
  }

  /** Does something that sends bugbot one command, and waits for that command's last word. */
  async function ends(deed: () => unknown) {
    const before = settlements.count();
    await deed();
    return settlements.after(before, endMs);
  }

  /** Sends what Slack would, with its signature. */
  async function fromSlack({ path, body, headers }: SignedRequest): Promise<Response> {
    return fetch(`${stack.url}${path}`, { method: "POST", body, headers });
  }

  /** Sends an interaction as Discord would, and does with the answer what Discord does. */
  async function fromDiscord(signed: SignedInteraction): Promise<Response> {
    const { body, headers } = signed;
    const answer = await fetch(`${stack.url}/discord/interactions`, { method: "POST", body, headers });
    discord.applyResponse(signed, await answer.clone().text());
    return answer;
  }

  /** Puts a command on the queue as it is, whatever the gateway would have made of it. */
  async function deliver(command: Command): Promise<void> {
    const queue = await stack.workers.getQueueProducer<Command>("COMMANDS", workers.consumer.name);
    await queue.send(command);
  }

  /** What `find` finds, once it does. */
  async function until<T>(find: () => T | undefined | Promise<T | undefined>): Promise<T> {
    const deadline = Date.now() + endMs;
    for (;;) {
      const found = await find();
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error("it did not come about");
      await wait(20);
    }
  }

  /** The consumer's cron trigger, as it comes every minute. */
  async function watchdog(): Promise<void> {
    await (await stack.workers.getWorker(workers.consumer.name)).scheduled({ cron: "* * * * *" });
  }

  /** A command's Workflow, if there is one. */
  async function workflow(commandId: string): Promise<Instance | undefined> {
    const { COMMAND_WORKFLOW: instances } = await stack.workers.getBindings<{
      COMMAND_WORKFLOW: { get: (id: string) => Promise<Instance> };
    }>(workers.consumer.name);
    return instances.get(commandId).catch((error: unknown) => {
      if (error instanceof Error && error.message.includes("not_found")) return undefined;
      throw error;
    });
  }

  /** Ends a command's Workflow in the middle of what it does, as an operator could. Returns its state then. */
  async function killWorkflow(commandId: string): Promise<string | undefined> {
    const instance = await workflow(commandId);
    await instance?.terminate();
    return (await instance?.status())?.status;
  }

  return {
    ...stack,
    until,
    deliver,
    watchdog,
    workflow,
    killWorkflow,
    ends,
    fromSlack,
    fromDiscord,
    discord,
    slack,
    linear,
    github,
    posthog,
    anthropic,
    logs,
    post,
    mention,
    endOf: (commandId: string) => settlements.of(commandId, endMs),
    settled: (eventId: string) => settlements.of(`slack-${eventId}`, endMs),
    database: () => stack.workers.getD1Database("DB", workers.consumer.name),
    threadIssues: () => stack.workers.getKVNamespace("BUGBOT_KV", workers.consumer.name),
    repository: demoRepository,
    channel,
  };
}
/** A test world stands in for every service, with the demo's repository and customers. */
async function peopled({ standIns: { slack, discord, linear, github, posthog, anthropic } }: { standIns: StandIns }) {
  if (!slack || !discord || !linear || !github || !posthog || !anthropic)
    throw new Error("a service is not stood in for");
  await seedDemoRepository(github);
  seedDemoBehaviour(posthog);
  return { slack, discord, linear, github, posthog, anthropic };
}

export type World = Awaited<ReturnType<typeof createWorld>>;
