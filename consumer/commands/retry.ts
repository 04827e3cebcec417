import { type Command, commandSchema } from "../../shared/command.ts";
import { Failure } from "../../shared/failure.ts";
import { parseJson } from "../../shared/parse-json.ts";
import { findReferences } from "../../shared/references/reference.ts";
import type { Effect } from "../effect.ts";
import type { Outside } from "../needs.ts";

/**
 * The command that a button or form asks for again, with the words it adds. Other commands stay as they are. Of several that ask for the
 * same at once one does it: for the others this throws a `Failure`.
 */
export async function resolveRetry(
  command: Command,
  { effect, commands }: Pick<Outside, "commands"> & { effect: Effect },
): Promise<Command> {
  if (command.name !== "retry") return command;
  const id = retriedBy(command);
  const [, ...more] = command.text.split(/\s+/);
  const original = await effect("find command to retry", () => findOriginal(id));
  if (original === null) {
    throw new Failure("nothing_to_retry", {
      reply: "I have no note of that command. Try again in some minutes, or write it again.",
      retry: false,
    });
  }
  if (!(await effect("claim retry", () => commands.claimRetry(id, command.id)))) {
    throw new Failure("retried_already", { reply: "Somebody has asked for that before: I am at it.", retry: false });
  }
  const text = [...more, original.text].join(" ");
  return {
    ...original,
    forAsker: command.forAsker ?? original.forAsker ?? false,
    id: command.id,
    author: command.author,
    conversation: command.conversation,
    text,
    references: findReferences(text),
    receivedAt: command.receivedAt,
  };

  /** A retry that died before it was resolved stands for what it repeats, too. */
  async function findOriginal(named: string): Promise<Command | null> {
    const body = await commands.body(named);
    if (body === null) return null;
    const read = commandSchema.safeParse(parseJson(body));
    if (!read.success) return null;
    const found = read.data;
    const [before = "", ...words] = found.text.split(/\s+/);
    if (found.name !== "retry" || before === named) return found;
    const earlier = await findOriginal(before);
    return earlier && { ...earlier, text: [...words, earlier.text].join(" ") };
  }
}

/** The command that a retry does again. */
export function retriedBy({ text }: Command): string {
  const [id = ""] = text.split(/\s/, 1);
  return id;
}
