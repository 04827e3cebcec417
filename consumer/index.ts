import { consume } from "./consume.ts";
import { createInstances } from "./endings/instances.ts";
import { limitDatabase } from "./stores/limit-database.ts";
import { createUnended } from "./stores/unended.ts";
import { takeDeadLetters } from "./endings/take-dead-letters.ts";
import { watch } from "./endings/watchdog.ts";
import { wire } from "./wire.ts";

export { ContainerProxy } from "@cloudflare/containers";
export { Operator } from "./operator.ts";
export { Sandbox } from "./sandbox/container.ts";
export { LocalEgress } from "./sandbox/local-egress.ts";
export { CommandWorkflow } from "./workflow.ts";

const deadLetterQueue = "bugbot-commands-dlq";

export default {
  async queue(batch, env) {
    const outside = wire(env);
    const { start, isKnown } = createInstances(env.COMMAND_WORKFLOW, outside);
    if (batch.queue === deadLetterQueue) return takeDeadLetters(batch, { ...outside, isStarted: isKnown });
    return consume(batch, { ...outside, start });
  },
  /** Every minute. */
  async scheduled(_controller, env) {
    const outside = wire(env);
    const instances = createInstances(env.COMMAND_WORKFLOW, outside);
    await watch({ ...outside, instances, unended: createUnended(limitDatabase(env.DB)) });
    await outside.audit.seal();
  },
} satisfies ExportedHandler<Env>;
