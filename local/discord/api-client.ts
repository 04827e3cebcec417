import type { Discord } from "../discord.ts";

export interface Answer {
  /** Discord's name of what was asked. */
  operation: string;
  status: number;
  headers: Headers;
  /** Undefined where there is none. */
  body: unknown;
}
export type ApiClient = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>;

/** For tests: asks the stand-in's HTTP API as the bot does. A text goes as it is, anything else as JSON. */
export function createApiClient(discord: Discord, botToken: string): ApiClient {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(`${discord.url}${path}`, {
      method,
      headers: {
        authorization: `Bot ${botToken}`,
        "content-type": "application/json",
        "user-agent": "DiscordBot (https://example.com, 1.0)",
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const operation = discord.requests.at(-1)?.operation ?? "";
    const answered: unknown = text === "" ? undefined : JSON.parse(text);
    return { operation, status: response.status, headers: response.headers, body: answered };
  };
}
