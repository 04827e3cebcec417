import type { IncomingMessage } from "node:http";
import * as z from "zod/mini";
import { HttpError } from "./http-error.ts";
import { maxBodyBytes } from "./limits.ts";

/** Reads a JSON body of at most `maxBodyBytes`; a refusal names the field. */
export async function readJson<T>(request: IncomingMessage, schema: z.ZodMiniType<T>): Promise<T> {
  const parsed = schema.safeParse(parse((await readBody(request, maxBodyBytes)).toString("utf8")));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join(".") || "body";
  throw new HttpError(400, `${field}: ${issue?.message ?? "invalid"}`, { field });
}

export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > maxBytes) throw new HttpError(413, `the body is over ${maxBytes} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpError(400, "body: not JSON", { field: "body" });
  }
}
