import type { Platform } from "../platform.ts";
import { createAcknowledge } from "./acknowledge.ts";
import { parse } from "./parse.ts";
import { createVerify } from "./verify.ts";

export interface SlackOptions {
  signingSecret: string;
  botToken: string;
  /** `https://slack.com/api`, without a trailing slash. */
  apiUrl: string;
}

export function createSlack({ signingSecret, botToken, apiUrl }: SlackOptions): Platform {
  return { verify: createVerify(signingSecret), parse, acknowledge: createAcknowledge(botToken, apiUrl) };
}
