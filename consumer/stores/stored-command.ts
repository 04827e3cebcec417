import * as z from "zod/mini";
import { type Command, commandNames, commandSchema } from "../../shared/command.ts";
import { parseJson } from "../../shared/parse-json.ts";
import { lasting } from "./commands.ts";

/** The value where something cannot be read. Its own name looks like a promise's. */
export const { catch: orElse } = z;

/** A command as it lies in D1 or on the queue, where another version may have put it. */
export type StoredCommand =
  | { kind: "whole"; command: Command }
  /** This version knows whose it is and where it was asked, which is what a last word needs. `body` is all of it, as JSON. */
  | { kind: "addressed"; command: Command; body: string; error: string }
  | { kind: "unreadable"; error: string };

const { id, conversation, author, forAsker } = commandSchema.shape;
const addressedSchema = z.object({
  id,
  conversation,
  author: orElse(author, { id: "unknown" }),
  name: orElse(z.enum(commandNames), "help"),
  text: orElse(z.string(), ""),
  receivedAt: orElse(z.number(), 0),
  forAsker: orElse(forAsker, undefined),
});

export function readStored(value: unknown): StoredCommand {
  const whole = z.safeParse(commandSchema, value);
  if (whole.success) return { kind: "whole", command: whole.data };
  const error = `not a command: ${z.prettifyError(whole.error)}`;
  const addressed = z.safeParse(addressedSchema, value);
  if (!addressed.success) return { kind: "unreadable", error };
  const command: Command = { v: 1, ...addressed.data, references: {} };
  const rest = z.looseObject({}).parse(value);
  const body = JSON.stringify({ ...rest, conversation: lasting(command).conversation });
  return { kind: "addressed", command, body, error };
}

export const storedSchema = z.pipe(
  z.string(),
  z.transform((body) => readStored(parseJson(body))),
);
