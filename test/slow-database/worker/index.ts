import deployed, { CommandWorkflow as DeployedWorkflow } from "../../../consumer/index.ts";
import { slow } from "./slow.ts";

export { ContainerProxy, LocalEgress, Operator, Sandbox } from "../../../consumer/index.ts";

/** The deployed Workflow and handlers, on a database that a test can hold up. */
export class CommandWorkflow extends DeployedWorkflow {
  constructor(context: ExecutionContext, env: Env) {
    super(context, slow(env));
  }
}

export default {
  queue: (batch, env) => deployed.queue(batch, slow(env)),
  scheduled: (controller, env) => deployed.scheduled(controller, slow(env)),
} satisfies ExportedHandler<Env>;
