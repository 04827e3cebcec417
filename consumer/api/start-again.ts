import type { Command } from "../../shared/command.ts";
import type { Instances } from "../endings/instances.ts";
import type { Outside } from "../needs.ts";
import type { Operator } from "./authenticate.ts";
import { Refusal } from "./refusal.ts";

/** Throws a `Refusal` where a new attempt's answer would be read by more people than the first one's. */
export function refusePrivate({ id, name, forAsker }: Command): void {
  if (!forAsker) return;
  throw new Refusal(409, "private", `The answer of ${id} (${name}) was for its asker alone. Let them ask again.`);
}

/** Starts a new attempt of a command in its conversation, as its **Retry** button would. Once per `id`; `by` is who asked. */
export async function startAgain(
  command: Command,
  { id, by }: { id: string; by: Operator },
  { commands, instances, now }: Pick<Outside, "commands" | "now"> & { instances: Instances },
): Promise<void> {
  const { id: text, conversation, author } = command;
  const again = { v: 1 as const, id, conversation, author, receivedAt: now() };
  // A message that was no command to an earlier version is nowhere but in its letter.
  const isKnown = (await commands.body(text)) !== null;
  await instances.start(isKnown ? { ...again, name: "retry", text, references: {} } : { ...command, ...again }, by);
}
