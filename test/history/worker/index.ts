import type { WorkflowEvent, WorkflowStep } from "cloudflare:workers";
import * as z from "zod/mini";
import { CommandWorkflow as DeployedWorkflow } from "../../../consumer/workflow.ts";
import type { Command } from "../../../shared/command.ts";

export * from "../../../consumer/index.ts";
export { default } from "../../../consumer/index.ts";

const settingsSchema = z.object({ HISTORY_URL: z.string() });
const toldSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("recorded"), result: z.unknown() }),
  z.object({ kind: z.literal("live"), again: z.boolean() }),
]);

type RunStep = (context: { attempt: number }) => Promise<object>;

/** The deployed Workflow, whose steps a test records, serves from records, and holds up. */
export class CommandWorkflow extends DeployedWorkflow {
  override async run(event: WorkflowEvent<Command>, step: WorkflowStep) {
    const { HISTORY_URL: historyUrl } = settingsSchema.parse(this.env);
    const run = event.payload.id;
    const life = crypto.randomUUID();

    async function tell(path: string, facts: object): Promise<unknown> {
      const response = await fetch(`${historyUrl}${path}`, {
        method: "POST",
        body: JSON.stringify({ run, life, ...facts }),
      });
      return response.json();
    }
    async function recordedDo(name: string, config: object, runStep: RunStep): Promise<unknown> {
      const told = toldSchema.parse(await tell("/step", { name }));
      // JSON has no undefined, which is what a step without a result has recorded.
      if (told.kind === "recorded") return told.result ?? { value: undefined };
      const result = await step.do(name, config, (context) =>
        runStep({ attempt: context.attempt + (told.again ? 1 : 0) }),
      );
      const isVoid = "value" in result && result.value === undefined;
      await tell("/done", { name, result: isVoid ? null : result });
      return result;
    }
    async function recordedWait(name: string, options: Parameters<WorkflowStep["waitForEvent"]>[1]): Promise<object> {
      const told = toldSchema.parse(await tell("/step", { name }));
      if (told.kind === "recorded") return {};
      const woken = await step.waitForEvent(name, options);
      await tell("/done", { name, result: null });
      return woken;
    }
    const watched = new Proxy(step, {
      get: (target, key) => {
        if (key === "do") return recordedDo;
        if (key === "waitForEvent") return recordedWait;
        if (key === "sleep") return (name: string, ms: number) => target.sleep(name, ms);
        return Reflect.get(target, key);
      },
    });
    return super.run(event, watched);
  }
}
