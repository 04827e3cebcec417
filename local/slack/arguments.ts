import * as z from "zod";

/** Slack's own name of what went wrong: the `error` of `{ ok: false }`. */
export class SlackError extends Error {}

export type Arguments = Record<string, unknown>;
export type Method = (given: Arguments) => Record<string, unknown>;

export const blocksSchema = z.array(z.looseObject({ type: z.string() }));
export const metadataSchema = z.object({
  event_type: z.string(),
  event_payload: z.record(z.string(), z.unknown()),
});
const flagSchema = z.union([z.literal([true, "true", "1"]).transform(() => true), z.unknown().transform(() => false)]);

export function textOf(given: Arguments, name: string): string | undefined {
  const value = given[name];
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;
}

export function flagOf(given: Arguments, name: string): boolean {
  return flagSchema.parse(given[name]);
}

/** A structured argument: JSON text in a form, the thing itself in a JSON body. */
export function structureOf<Output>(
  given: Arguments,
  name: string,
  schema: z.ZodType<Output>,
  error: string,
): Output | undefined {
  const value = given[name];
  if (value === undefined || value === "") return undefined;
  try {
    return schema.parse(typeof value === "string" ? JSON.parse(value) : value);
  } catch (cause) {
    throw new SlackError(error, { cause });
  }
}
