import deployed, { CommandWorkflow as DeployedWorkflow } from "../../../consumer/index.ts";

export { ContainerProxy, LocalEgress, Operator, Sandbox } from "../../../consumer/index.ts";

/** Where `wire(env)` throws, and says what it must not. */
function broken(env: Env & { GITHUB_TOKEN?: string }): Env {
  const get = (): D1Database => {
    throw new TypeError(`no database with ${env.GITHUB_TOKEN} today`);
  };
  // Settings are copied out of it: that goes on.
  return Object.defineProperty({ ...env }, "DB", { get, enumerable: false });
}

export class CommandWorkflow extends DeployedWorkflow {
  constructor(context: ExecutionContext, env: Env) {
    super(context, broken(env));
  }
}

/** The deployed handlers, which throw where a test asks for it: by a message's words, or by the name of a cron trigger. */
export default {
  queue: (batch, env) => {
    const isBroken = JSON.stringify(batch.messages.map(({ body }) => body)).includes("case-queue");
    return deployed.queue(batch, isBroken ? broken(env) : env);
  },
  async scheduled(controller, env) {
    switch (controller.cron) {
      case "broken":
        return deployed.scheduled(controller, broken(env));
      case "listener":
        return throwInListener();
      case "promise":
        return void throwLater();
      default:
        return deployed.scheduled(controller, env);
    }
  },
} satisfies ExportedHandler<Env>;

async function throwInListener(): Promise<void> {
  const { 0: here, 1: there } = new WebSocketPair();
  here.accept();
  there.accept();
  const heard = Promise.withResolvers<void>();
  here.addEventListener("message", () => {
    heard.resolve();
    throw new RangeError("thrown in a listener");
  });
  there.send("");
  await heard.promise;
}

async function throwLater(): Promise<void> {
  await Promise.resolve();
  throw new RangeError("thrown later");
}
