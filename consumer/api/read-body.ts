import type { Context } from "hono";
import * as z from "zod/mini";
import { Refusal } from "./refusal.ts";

/** A JSON body. Throws a `Refusal` that says what is wrong with it. */
export async function readBody<T>(c: Context, schema: z.ZodMiniType<T>): Promise<T> {
  const body: unknown = await c.req.json().catch(() => ({}));
  const parsed = z.safeParse(schema, body);
  if (parsed.success) return parsed.data;
  throw new Refusal(400, "bad_body", `Not understood: ${z.prettifyError(parsed.error)}`);
}
