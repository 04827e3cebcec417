import type { Context } from "hono";
import type { Deed } from "../stores/audit.ts";
import type { ApiEnvironment } from "./api.ts";

/** What an operator did, for the audit: once per request. */
export function deedOf(c: Context<ApiEnvironment>, subject: string, action: string): Deed {
  return { deed: `${subject} ${action} by ${c.get("request")}`, actor: c.get("operator"), action, subject };
}
