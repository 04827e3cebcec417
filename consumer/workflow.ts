import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import { type Command, commandSchema } from "../shared/command.ts";
import { describeError } from "../shared/log.ts";
import { carryOut } from "./carry-out.ts";
import { isWork } from "../shared/is-work.ts";
import { deadlineOf } from "./endings/deadline.ts";
import type { StepError } from "./endings/dead-letter.ts";
import { createEffect } from "./effect.ts";
import { createEngine } from "./engine.ts";
import type { Settled } from "./settle.ts";
import { limitDatabase } from "./stores/limit-database.ts";
import { createUnended } from "./stores/unended.ts";
import { wire } from "./wire.ts";

/** One instance per command; its id is the command's. Its result is for the watchdog. */
export class CommandWorkflow extends WorkflowEntrypoint<Env, Command> {
  override async run(event: WorkflowEvent<Command>, step: WorkflowStep): Promise<Settled> {
    const command = commandSchema.parse(event.payload);
    const outside = wire(this.env);
    const unended = createUnended(limitDatabase(this.env.DB));
    const errors: StepError[] = [];
    const engine = createEngine(step, (error) =>
      outside.log("run_left", { commandId: command.id, ...describeError(error) }),
    );
    const effect = createEffect(engine, command.id, {
      log: outside.log,
      deadline,
      // A question is answered now or not at all.
      patienceMs: isWork(command) ? outside.settings.BUGBOT_PATIENCE_SECONDS * 1000 : 0,
      isStopped: () => outside.commands.stopRequested(command.id),
      errors,
    });
    return Promise.race([carryOut(command, { ...outside, effect, errors, waitForEvent }), engine.over]);

    async function deadline(): Promise<number> {
      const times = await unended.timesOf(command.id).catch(() => undefined);
      return deadlineOf(times ?? { startedAt: event.timestamp.getTime() }, outside.settings);
    }

    async function waitForEvent(name: string, type: string, timeoutMs: number): Promise<void> {
      // It throws when the time is over: what was decided meanwhile is in D1.
      await engine.waitForEvent(name, { type, timeout: timeoutMs }).catch(() => undefined);
    }
  }
}
