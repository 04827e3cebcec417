import type { Command } from "../shared/command.ts";
import { describeError } from "../shared/log.ts";
import { admit } from "./admit.ts";
import { contextualize } from "./commands/contextualize.ts";
import { fix } from "./commands/fix.ts";
import { help } from "./commands/help.ts";
import { status } from "./commands/status.ts";
import { stop } from "./commands/stop.ts";
import { type Ending, endingOf } from "./ending.ts";
import type { CommandNeeds } from "./needs.ts";
import { settle } from "./settle.ts";

/** A command from its admission to its last word. */
export async function carryOut(command: Command, needs: CommandNeeds): Promise<void> {
  const ending = await attempt(command, needs);
  await settle(command, ending, needs);
}

async function attempt(command: Command, needs: CommandNeeds): Promise<Ending> {
  try {
    await admit(command, needs);
    return await run(command, needs);
  } catch (error) {
    needs.log("command_failed", { commandId: command.id, ...describeError(error) });
    return endingOf(error, command.id);
  }
}

async function run(command: Command, needs: CommandNeeds): Promise<Ending> {
  switch (command.name) {
    case "fix":
      await needs.status.mark("working");
      return fix(command, needs);
    case "contextualize":
      return contextualize();
    case "status":
      return status(command, needs);
    case "stop":
      return stop(command, needs);
    case "help":
      return help(command);
    default:
      return command.name satisfies never;
  }
}
