import { type Command, commandSchema } from "../../shared/command.ts";
import { Failure } from "../../shared/failure.ts";
import { findReferences } from "../../shared/references/reference.ts";
import type { Effect } from "../effect.ts";
import type { Outside } from "../needs.ts";

/** The command that a button or form asks for again, with the words it adds. Other commands stay as they are. */
export async function resolveRetry(
  command: Command,
  { effect, commands }: Outside & { effect: Effect },
): Promise<Command> {
  if (command.name !== "retry") return command;
  const [id = "", ...more] = command.text.split(/\s+/);
  const body = await effect("find command to retry", () => commands.body(id));
  if (body === null) {
    throw new Failure("nothing_to_retry", { reply: "I do not remember that command. Write it again.", retry: false });
  }
  const original = commandSchema.parse(JSON.parse(body));
  const text = [...more, original.text].join(" ");
  return {
    ...original,
    id: command.id,
    author: command.author,
    conversation: command.conversation,
    text,
    references: findReferences(text),
    receivedAt: command.receivedAt,
  };
}
