import { createLog } from "../shared/log.ts";
import { consume, createStart } from "./consume.ts";

export { ContainerProxy } from "@cloudflare/containers";
export { Operator } from "./operator.ts";
export { Sandbox } from "./sandbox/container.ts";
export { LocalEgress } from "./sandbox/local-egress.ts";
export { CommandWorkflow } from "./workflow.ts";

export default {
  queue: (batch, env) => consume(batch, { start: createStart(env.COMMAND_WORKFLOW), log: createLog("consumer", []) }),
} satisfies ExportedHandler<Env>;
