import { shopScript } from "../../local/shop-script.ts";
import type { ScriptedModel } from "../../local/stand-ins.ts";

/** An agent that first runs these shell commands, one in each turn, and then repairs the shop as if nothing had been. */
export function createAgent(commands: readonly string[]) {
  const printed: string[] = [];
  const script: ScriptedModel = (call) => {
    if (call.turn > 0 && call.turn <= commands.length) printed[call.turn - 1] = call.toolResults.join("\n");
    const command = commands[call.turn];
    if (command === undefined) return shopScript({ ...call, turn: call.turn - commands.length });
    return [{ tool: "Bash", input: { command, description: "Look around" } }];
  };
  /** `printed` holds what each command answered. */
  return { script, printed };
}
