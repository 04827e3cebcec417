import type { KnownBlock } from "@slack/web-api";
import { buttonId } from "../../shared/button.ts";
import { escapeMarkdown } from "../../shared/plain-text.ts";
import { buttonLabels, type Reply } from "./reply.ts";
import { toMrkdwn } from "./slack-mrkdwn.ts";

/** https://docs.slack.dev/reference/methods/chat.postMessage */
export interface DrawnMessage {
  /** What notifications show, and screen readers read. */
  text: string;
  blocks: KnownBlock[];
}

/** A line that begins so is fine print, in Discord's Markdown as here. */
const finePrint = /^-# (.*)$/gm;

/** One message's Markdown as Slack shows it; the buttons of `reply` stand under it. */
export function drawMessage(markdown: string, reply?: Reply): DrawnMessage {
  const fine = Array.from(markdown.matchAll(finePrint), ([, line = ""]) => toMrkdwn(line));
  const text = toMrkdwn(markdown.replace(finePrint, "$1"));
  const words = toMrkdwn(markdown.replace(finePrint, ""));
  return {
    text,
    blocks: [
      ...(words === "" ? [] : [{ type: "section" as const, text: mrkdwn(words) }]),
      ...(fine.length === 0 ? [] : [{ type: "context" as const, elements: [mrkdwn(fine.join("\n"))] }]),
      ...actionsOf(reply),
    ],
  };
}

/** A card's title and link are in the text; its summary is quoted below, as somebody else's words. */
export function wordsOf({ text, card }: Reply): string {
  const lines = card ? escapeMarkdown(card.summary).trim().split("\n") : [];
  return [text, lines.map((line) => `> ${line}`).join("\n")].join("\n\n").trim();
}

function mrkdwn(text: string) {
  return { type: "mrkdwn" as const, text };
}

function actionsOf({ buttons = [], links = [] }: Pick<Reply, "buttons" | "links"> = {}): KnownBlock[] {
  const elements = [
    ...buttons.map((button) => ({
      type: "button" as const,
      action_id: buttonId(button),
      text: { type: "plain_text" as const, text: buttonLabels[button.action] },
      value: button.commandId,
    })),
    ...links.map(({ label, url }, at) => ({
      type: "button" as const,
      action_id: `open:${at}`,
      text: { type: "plain_text" as const, text: label },
      url,
    })),
  ];
  return elements.length === 0 ? [] : [{ type: "actions", elements }];
}
