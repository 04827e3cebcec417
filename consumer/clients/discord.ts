import * as z from "zod/mini";
import { Failure } from "../../shared/failure.ts";
import { vendorTimeoutMs } from "../../shared/limits.ts";
import { asItIs, type Redact, redactJson } from "../../shared/redact.ts";
import { discordUserAgent } from "../../shared/user-agent.ts";
import { callSignal } from "../attempt.ts";
import { conversationGone, messageGone } from "../gone.ts";
import { fetchRedacted } from "./fetch-redacted.ts";
import type { RateLimits } from "./discord-rate-limits.ts";
import { parseRetryAfter, unreadableAnswer, vendorFailure, waitOf } from "./vendor-failure.ts";

export interface DiscordOptions {
  botToken: string;
  /** `https://discord.com/api/v10`, without a trailing slash. */
  apiUrl: string;
  rateLimits: RateLimits;
  redact?: Redact;
}

/** Shown beside a message. */
interface TextFile {
  name: string;
  content: string;
}

/** Discord's REST API. `path` starts with `/`; a webhook's path carries its own token. Throws `Failure`. */
export function createDiscordClient({ botToken, apiUrl, rateLimits, redact = asItIs }: DiscordOptions) {
  /** `done` are Discord's error codes for what was done before; the answer is undefined then. */
  return async function request<T>(
    method: string,
    path: string,
    schema: z.ZodMiniType<T>,
    { body, file, done = [] }: { body?: object; file?: TextFile | undefined; done?: readonly number[] } = {},
  ): Promise<T | undefined> {
    const waitMs = rateLimits.waitMs(method, path);
    if (waitMs > 0) {
      const cause = new Error(`${describe(method, path)}: not sent for ${waitMs} ms`);
      throw vendorFailure({ vendor: "Discord", status: 429, retryAfterMs: waitMs, credential: "", cause });
    }
    const response = await fetchRedacted(redact, `${apiUrl}${path}`, {
      method,
      headers: {
        "user-agent": discordUserAgent,
        ...(path.startsWith("/webhooks/") ? {} : { authorization: `Bot ${botToken}` }),
        ...(body && !file && { "content-type": "application/json" }),
      },
      ...(body && { body: file ? formOf(body, file) : JSON.stringify(body) }),
      signal: callSignal(vendorTimeoutMs),
    }).catch((cause: unknown) => {
      throw vendorFailure({ vendor: "Discord", credential: "", cause });
    });
    const given: unknown = response.status === 204 ? undefined : await response.json().catch(() => undefined);
    const answer = redactJson(given, redact);
    const { code, message, retry_after: seconds } = errorSchema.safeParse(answer).data ?? {};
    const { ok, status, headers } = response;
    const retryAfterMs = ok ? undefined : (parseRetryAfter(seconds) ?? waitOf(status, headers));
    rateLimits.learn(method, path, { status, headers, retryAfterMs });
    if (ok) {
      const parsed = schema.safeParse(answer);
      if (parsed.success) return parsed.data;
      throw unreadableAnswer("Discord", parsed.error);
    }

    if (code !== undefined && done.includes(code)) return undefined;
    const refused = new Error(`${describe(method, path)}: ${code ?? ""} ${message ?? ""}`);
    if (code === codes.unknownMessage) throw messageGone(refused);
    const gone = goneForGood.get(code ?? 0);
    if (gone !== undefined) throw conversationGone(gone, refused);
    // The queue can be faster than Discord is with the gateway's answer, which opens the interaction.
    if (status === 404 && path.startsWith("/webhooks/")) {
      throw new Failure("discord_not_yet", { reply: "Discord does not know the interaction.", retry: true });
    }
    throw vendorFailure({
      vendor: "Discord",
      status,
      retryAfterMs,
      credential: "check DISCORD_BOT_TOKEN, and that the bot may read and write in this channel",
      cause: refused,
    });
  };
}

/** https://discord.com/developers/docs/topics/opcodes-and-status-codes#json */
const codes = { unknownChannel: 10003, unknownGuild: 10004, unknownMessage: 10008 };
const goneForGood = new Map([
  [codes.unknownChannel, "Unknown Channel"],
  [codes.unknownGuild, "Unknown Guild"],
]);

/** https://discord.com/developers/docs/reference#uploading-files: in the place of all files that were there. */
function formOf(body: object, { name, content }: TextFile): FormData {
  const form = new FormData();
  form.set("payload_json", JSON.stringify({ ...body, attachments: [{ id: 0, filename: name }] }));
  form.set("files[0]", new File([content], name, { type: "text/markdown" }));
  return form;
}

export type DiscordRequest = ReturnType<typeof createDiscordClient>;

const errorSchema = z.object({
  code: z.optional(z.number()),
  message: z.optional(z.string()),
  retry_after: z.optional(z.number()),
});

/** Without the token that opens an interaction. */
function describe(method: string, path: string): string {
  return `${method} ${path.replace(/^(\/webhooks\/\d+\/)[^/]+/, "$1…")}`;
}
