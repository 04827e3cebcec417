import type { Context } from "hono";
import * as z from "zod/mini";
import { parseJson } from "../../shared/parse-json.ts";
import { Refusal } from "./refusal.ts";

/** A JSON body; none is `{}`. Throws a `Refusal` that says what is wrong with it. */
export async function readBody<T>(c: Context, schema: z.ZodMiniType<T>): Promise<T> {
  const text = await c.req.text();
  const body = text.trim() === "" ? {} : parseJson(text);
  const parsed = z.safeParse(schema, body);
  if (parsed.success) return parsed.data;
  throw new Refusal(400, "bad_body", `Not understood: ${z.prettifyError(parsed.error)}`);
}
