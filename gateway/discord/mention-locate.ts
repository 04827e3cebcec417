import { discordUserAgent } from "../../shared/user-agent.ts";
import * as z from "zod/mini";
import { vendorTimeoutMs } from "../../shared/limits.ts";
import type { Input } from "./mention-state.ts";

/** https://docs.discord.com/developers/events/gateway#get-gateway-bot */
const answerSchema = z.object({
  url: z.url(),
  session_start_limit: z.object({ remaining: z.number(), reset_after: z.number() }),
});
/** More than a day is no wait that Discord asks for. */
const limitedSchema = z.object({ retry_after: z.number().check(z.minimum(0), z.maximum(24 * 60 * 60)) });

/** https://docs.discord.com/developers/reference#user-agent */

type Located = Extract<Input, { kind: "located" | "not_located" }>;

/** Where to connect, and how many sessions Discord still allows today. Never throws. */
export function createLocate(apiUrl: string, token: string) {
  return async (): Promise<Located> => {
    try {
      const response = await fetch(`${apiUrl}/gateway/bot`, {
        headers: { authorization: `Bot ${token}`, "user-agent": discordUserAgent },
        redirect: "manual",
        signal: AbortSignal.timeout(vendorTimeoutMs),
      });
      const body: unknown = await response.json().catch(() => undefined);
      if (response.status === 401) return notLocated("Discord refused the bot token (401)", { fatal: true });
      if (!response.ok) {
        const seconds = limitedSchema.safeParse(body).data?.retry_after ?? 0;
        return notLocated(`Discord's API answered ${response.status}`, { retryAfterMs: seconds * 1000 });
      }
      const answer = answerSchema.safeParse(body);
      if (!answer.success) return notLocated("Discord's API gave no address to connect to");
      const { url, session_start_limit: limit } = answer.data;
      return { kind: "located", url, remaining: limit.remaining, resetAfterMs: limit.reset_after };
    } catch {
      return notLocated("Discord's API cannot be reached");
    }
  };
}

function notLocated(reason: string, { fatal = false, retryAfterMs = 0 } = {}): Located {
  return { kind: "not_located", reason, fatal, retryAfterMs };
}
