import * as z from "zod/mini";
import { Failure } from "../../shared/failure.ts";
import { inviteTo } from "./invite.ts";
import type { RegistryOptions } from "./registry.ts";

/** https://discord.com/developers/docs/reference#error-messages, and of a rate limit its wait in seconds. */
const refusalSchema = z.object({
  message: z.optional(z.string()),
  errors: z.optional(z.unknown()),
  retry_after: z.optional(z.number()),
});

/** Why Discord did not do it, and what to do about that. */
export function explainRefusal(response: Response, answer: unknown, options: RegistryOptions): Failure {
  const { status } = response;
  const { message, errors, retry_after } = refusalSchema.safeParse(answer).data ?? {};
  const said = `Discord answered ${status}${message ? ` (${message.replace(`${status}: `, "")})` : ""}.`;
  const settings = `https://discord.com/developers/applications/${options.applicationId}`;
  const failure = (code: string, advice: string, retryAfterMs?: number) =>
    new Failure(code, { reply: `${said} ${advice}`, retry: status === 429 || status >= 500, retryAfterMs });

  if (status === 429) {
    const seconds = Math.ceil(retry_after ?? Number(response.headers.get("retry-after") ?? Number.NaN));
    const wait = Number.isFinite(seconds) ? `Wait ${seconds} s` : "Wait a minute";
    return failure("discord_rate_limited", `${wait}, then run this again.`, seconds * 1000 || undefined);
  }
  if (status === 401) {
    return failure(
      "discord_unauthorized",
      `It does not know DISCORD_BOT_TOKEN. Copy the token from ${settings}/bot (Reset Token makes a new one).`,
    );
  }
  if (status === 403) {
    const advice = options.guildId
      ? `bugbot may not register commands in server ${options.guildId}. Let it in first: ${inviteTo(options.applicationId).url}`
      : `DISCORD_BOT_TOKEN is not the token of application ${options.applicationId}. Take both from ${settings}.`;
    return failure("discord_forbidden", advice);
  }
  if (status === 404) {
    const server = options.guildId ? `, and server ${options.guildId} of --guild` : "";
    return failure(
      "discord_not_found",
      `Check application ${options.applicationId} of DISCORD_APPLICATION_ID${server}: see ${settings}.`,
    );
  }
  if (status >= 500) {
    return failure(
      "discord_unavailable",
      "Nothing is wrong here: see https://discordstatus.com, and run this again later.",
    );
  }
  const details = errors === undefined ? "" : ` What it refuses: ${JSON.stringify(errors)}`;
  return failure("discord_refused", `It takes no such commands; nothing was changed.${details}`);
}
