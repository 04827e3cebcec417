import * as z from "zod/mini";
import { vendorTimeoutMs } from "../../shared/limits.ts";

/** Shows a form to the person whose click `triggerId` stands for, within three seconds of it. */
export type OpenView = (triggerId: string, view: unknown) => Promise<void>;

const replySchema = z.object({ ok: z.boolean(), error: z.optional(z.string()) });

/** https://docs.slack.dev/reference/methods/views.open. Slack's own SDK would triple the gateway's bundle. */
export function createOpenView(botToken: string, apiUrl: string): OpenView {
  return async (triggerId, view) => {
    const response = await fetch(`${apiUrl}/views.open`, {
      method: "POST",
      headers: { authorization: `Bearer ${botToken}`, "content-type": "application/json; charset=utf-8" },
      body: JSON.stringify({ trigger_id: triggerId, view }),
      signal: AbortSignal.timeout(vendorTimeoutMs),
    });
    const reply = replySchema.safeParse(await response.json().catch(() => undefined)).data;
    if (!reply?.ok) throw new Error(`views.open: ${reply?.error ?? `HTTP ${response.status}`}`);
  };
}
