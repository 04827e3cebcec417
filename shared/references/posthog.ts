import { findAll } from "./find-all.ts";

/** A recording's page: `https://us.posthog.com/project/1/replay/<session id>`. */
const recordingUrl = /https:\/\/[\w.-]{1,100}\/(?:project\/\d{1,12}\/)?replay\/([0-9a-f-]{36})/gi;

/** Session ids of the PostHog recordings linked to. */
export function postHogSessionIds(text: string): string[] {
  return [...new Set(findAll(text, "://", recordingUrl).map(([, id = ""]) => id))];
}
