import type { Platform } from "../platform.ts";
import { createAcknowledge } from "./acknowledge.ts";
import { tellAsker } from "./answers.ts";
import { createParse } from "./parse-interaction.ts";
import type { Suggest } from "./suggest-choices.ts";
import { createVerify } from "./verify.ts";

export interface DiscordOptions {
  /** 64 hex digits, from the application's page. */
  publicKey: string;
  suggest: Suggest;
  /** Only mentions need it: for their 👀. */
  botToken?: string | undefined;
  /** `https://discord.com/api/v10`, without a trailing slash. */
  apiUrl: string;
}

export function createDiscord({ publicKey, suggest, botToken, apiUrl }: DiscordOptions): Platform {
  return {
    verify: createVerify(publicKey),
    routes: new Map([["/discord/interactions", createParse(suggest)]]),
    tell: (_path, words) => tellAsker(words),
    acknowledge: createAcknowledge(botToken, apiUrl),
  };
}
