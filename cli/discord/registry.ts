import * as z from "zod/mini";
import { Failure } from "../../shared/failure.ts";
import { vendorTimeoutMs } from "../../shared/limits.ts";
import { explainRefusal } from "./explain-refusal.ts";

/** A command as Discord has it, with every field it came with. */
export const registeredSchema = z.looseObject({ type: z._default(z.number(), 1), name: z.string() });
export type RegisteredCommand = z.infer<typeof registeredSchema>;

export interface RegistryOptions {
  applicationId: string;
  botToken: string;
  /** `https://discord.com/api/v10`, without a trailing slash. */
  apiUrl: string;
  /** Only that server's commands; else those seen everywhere. */
  guildId: string | undefined;
}

/** The commands of an application: https://discord.com/developers/docs/interactions/application-commands#endpoints. Throws `Failure`. */
export function createRegistry(options: RegistryOptions) {
  const { applicationId, botToken, apiUrl, guildId } = options;
  const url = `${apiUrl}/applications/${applicationId}${guildId ? `/guilds/${guildId}` : ""}/commands`;

  async function request(method: string, query: string, body?: readonly object[]): Promise<RegisteredCommand[]> {
    const response = await fetch(`${url}${query}`, {
      method,
      headers: {
        authorization: `Bot ${botToken}`,
        // Discord turns away clients that do not name themselves in this form.
        "user-agent": "DiscordBot (bugbot, 1)",
        ...(body && { "content-type": "application/json" }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(vendorTimeoutMs),
    }).catch((cause: unknown) => {
      throw new Failure("discord_unreachable", {
        reply: `Discord does not answer at ${apiUrl} (${reasonOf(cause)}). Check the connection${apiUrl.startsWith("https://discord.com/") ? "" : " and DISCORD_API_URL"}, then run this again.`,
        retry: true,
        cause,
      });
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (!response.ok) throw explainRefusal(response, answer, options);
    const commands = z.array(registeredSchema).safeParse(answer);
    if (commands.success) return commands.data;
    throw new Failure("discord_unreadable", {
      reply: `What answers at ${apiUrl} is not Discord's API. Check DISCORD_API_URL (default: https://discord.com/api/v10).`,
      retry: false,
      cause: commands.error,
    });
  }

  return {
    list: () => request("GET", "?with_localizations=true"),
    /** Replaces all of them: what is not among `commands` is deleted. */
    overwrite: (commands: readonly object[]) => request("PUT", "", commands),
  };
}

/** fetch says "fetch failed" and keeps the reason in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${vendorTimeoutMs / 1000} s`;
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return "code" in cause ? String(cause.code) : cause.message;
}
