import { env as globalEnv, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import type { Command } from "../shared/command.ts";
import { logThrown, logUnhandled } from "../shared/log-thrown.ts";
import { consume } from "./consume.ts";
import { createInstances } from "./endings/instances.ts";
import { limitDatabase } from "./stores/limit-database.ts";
import { createUnended } from "./stores/unended.ts";
import type { Settled } from "./settle.ts";
import { takeDeadLetters } from "./endings/take-dead-letters.ts";
import { watch } from "./endings/watchdog.ts";
import { wire } from "./wire.ts";
import { CommandWorkflow as Unwatched } from "./workflow.ts";

export { ContainerProxy } from "@cloudflare/containers";
export { Operator } from "./operator.ts";
export { Sandbox } from "./sandbox/container.ts";
export { LocalEgress } from "./sandbox/local-egress.ts";

const deadLetterQueue = "bugbot-commands-dlq";
const worker = "consumer";
logUnhandled(worker, globalEnv);

export class CommandWorkflow extends Unwatched {
  override run(event: WorkflowEvent<Command>, step: WorkflowStep): Promise<Settled> {
    const entry = { worker, env: this.env, handler: "workflow", commandId: event.instanceId } as const;
    return logThrown(entry, () => super.run(event, step));
  }
}

export default {
  queue: (batch, env) => logThrown({ worker, env, handler: "queue" }, () => take(batch, env)),
  /** Every minute. */
  scheduled: (_controller, env) => logThrown({ worker, env, handler: "scheduled" }, () => lookAfter(env)),
} satisfies ExportedHandler<Env>;

async function take(batch: MessageBatch, env: Env): Promise<void> {
  const outside = wire(env);
  const { start, isKnown } = createInstances(env.COMMAND_WORKFLOW, outside);
  if (batch.queue === deadLetterQueue) return takeDeadLetters(batch, { ...outside, isStarted: isKnown });
  return consume(batch, { ...outside, start });
}

async function lookAfter(env: Env): Promise<void> {
  const outside = wire(env);
  const instances = createInstances(env.COMMAND_WORKFLOW, outside);
  await watch({ ...outside, instances, unended: createUnended(limitDatabase(env.DB)) });
  await outside.audit.seal();
}
