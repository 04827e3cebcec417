import * as z from "zod/mini";
import { commandSchema } from "../shared/command.ts";

const { id } = commandSchema.shape;
const namedSchema = z.union([z.object({ id }), z.object({ command: z.object({ id }) })]);

/** The command that a message on a queue is about, as far as it says so, whatever else is wrong with it. */
export function commandIdOf(body: unknown): string | undefined {
  const named = z.safeParse(namedSchema, body).data;
  if (!named) return undefined;
  return "id" in named ? named.id : named.command.id;
}
