import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import { type Command, commandSchema } from "../shared/command.ts";
import { carryOut } from "./carry-out.ts";
import { createEffect } from "./effect.ts";
import { wire } from "./wire.ts";

/** One instance per command; its id is the command's. */
export class CommandWorkflow extends WorkflowEntrypoint<Env, Command> {
  override async run(event: WorkflowEvent<Command>, step: WorkflowStep): Promise<void> {
    const command = commandSchema.parse(event.payload);
    const outside = wire(this.env);
    await carryOut(command, { ...outside, effect: createEffect(step, command.id, outside.log) });
  }
}
