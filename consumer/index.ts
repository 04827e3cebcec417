import { createLog } from "../shared/log.ts";
import { consume } from "./consume.ts";
import { createInstances } from "./instances.ts";
import { createCommands } from "./stores/commands.ts";
import { createUnended } from "./stores/unended.ts";
import { takeDeadLetters } from "./take-dead-letters.ts";
import { watch } from "./watchdog.ts";
import { wire } from "./wire.ts";

export { ContainerProxy } from "@cloudflare/containers";
export { Operator } from "./operator.ts";
export { Sandbox } from "./sandbox/container.ts";
export { LocalEgress } from "./sandbox/local-egress.ts";
export { CommandWorkflow } from "./workflow.ts";

const deadLetterQueue = "bugbot-commands-dlq";

export default {
  async queue(batch, env) {
    const instances = createInstances(env.COMMAND_WORKFLOW, createCommands(env.DB), Date.now);
    if (batch.queue !== deadLetterQueue) {
      return consume(batch, { start: instances.start, log: createLog("consumer", []) });
    }
    return takeDeadLetters(batch, { ...wire(env), isStarted: instances.isKnown });
  },
  /** Every minute. */
  async scheduled(_controller, env) {
    const outside = wire(env);
    const instances = createInstances(env.COMMAND_WORKFLOW, outside.commands, outside.now);
    await watch({ ...outside, instances, unended: createUnended(env.DB) });
  },
} satisfies ExportedHandler<Env>;
