import * as z from "zod/mini";
import type { Incoming, Parse } from "../platform.ts";
import { readPress } from "./button-press.ts";
import { readShortcut } from "./message-shortcut.ts";
import type { OpenView } from "./open-view.ts";
import { parseJson } from "../../shared/parse-json.ts";
import { readRepositoryForm } from "./repository-form.ts";

const payloadSchema = z.looseObject({ type: z.string() });

export interface ParseInteractionOptions {
  /** `https://slack.com/api`, without a trailing slash. */
  apiUrl: string;
  openView: OpenView;
}

/** `POST /slack/interactions`: a button, a message's menu, a form. https://docs.slack.dev/reference/interaction-payloads */
export function createParseInteraction({ apiUrl, openView }: ParseInteractionOptions): Parse {
  return async (body, nowMs): Promise<Incoming> => {
    const payload = payloadSchema.safeParse(parseJson(new URLSearchParams(body).get("payload") ?? ""));
    if (!payload.success) return { kind: "malformed", reason: "the body is not an interaction" };
    switch (payload.data.type) {
      case "block_actions":
        return readPress(payload.data, { nowMs, apiUrl, openView });
      case "message_action":
        return readShortcut(payload.data, { nowMs, apiUrl });
      case "view_submission":
        return readRepositoryForm(payload.data, { nowMs });
      default:
        return { kind: "ignored", reason: `${payload.data.type} is not for bugbot` };
    }
  };
}
