import { styleText } from "node:util";
import type { GitHub } from "./github.ts";
import type { Linear } from "./linear.ts";
import type { RecordedRequest } from "./stand-in.ts";

/** A thread as people see it, and when bugbot spoke in it, in ms since the epoch. */
export interface Chat {
  title: string;
  thread: readonly { author: string; text: string; reactions: readonly string[]; edits: number }[];
  firstWordsAt: number | undefined;
  lastWordAt: number | undefined;
}

export interface StoryFacts {
  chat: Chat;
  linear: Linear;
  github: GitHub;
  /** What was asked of each vendor for the command, oldest first. */
  calls: () => ReadonlyMap<string, RecordedRequest[]>;
  repository: string;
  /** When the mention was written, and when bugbot had heard it, in ms since the epoch. */
  sentAt: number;
  heardAt: number;
  costUsd: number;
  scripted: boolean;
}

/** A part of a story; colours only where the terminal has them. */
export function part(title: string, lines: readonly string[]): string {
  return [`\n${styleText("bold", title)}`, ...lines].join("\n");
}

export function indent(text: string): string[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => `  ${line}`);
}

export function chatPart({ title, thread }: Chat): string {
  return part(title, thread.map(asSeen));
}

/** The issue as a person opens it in Linear. */
export function issuePart({ workspace }: Linear, more: readonly string[] = []): string {
  const [issue] = workspace.issues;
  const attachments = workspace.attachments.map(({ title, url }) => `  linked: ${title} ${url}`);
  return part(
    "The issue in Linear",
    issue ? [`  ${issue.identifier} ${issue.title}`, ...attachments, ...more] : ["  none"],
  );
}

/** Time from one moment to the next; what did not happen is left out. */
export function timePart(
  { sentAt, heardAt, chat }: StoryFacts,
  between: readonly (readonly [string, number | undefined])[],
): string {
  const moments: (readonly [string, number | undefined])[] = [
    ["the gateway verified, queued and answered", heardAt],
    ["the first words in the thread", chat.firstWordsAt],
    ...between,
    ["the last word", chat.lastWordAt],
  ];
  let before = sentAt;
  const lines = moments.flatMap(([what, at]) => {
    if (at === undefined) return [];
    const line = `  ${`${at - before} ms`.padStart(9)}  ${what}`;
    before = at;
    return [line];
  });
  return part("Time", [...lines, `  ${`${before - sentAt} ms`.padStart(9)}  in all`]);
}

export function firstAt(requests: readonly RecordedRequest[], isIt: (request: RecordedRequest) => boolean) {
  return requests.find(isIt)?.at;
}

const emoji: Record<string, string> = {
  ":eyes:": "👀",
  ":gear:": "⚙️",
  ":white_check_mark:": "✅",
  ":x:": "❌",
  ":hourglass_flowing_sand:": "⏳",
};
/** More links than this stand below the message. */
const linksInline = 3;
const link = /<(?<address>https?:[^|>]+)\|(?<name>[^>]+)>|\[(?<label>[^\]\n]+)\]\(<?(?<url>https?:[^)>\s]+)>?\)/g;

/** A message as it looks, written with Slack's links or Discord's. */
function asSeen({ author, text, reactions, edits }: Chat["thread"][number]): string {
  const urls: string[] = [];
  const areListed = [...text.matchAll(link)].length > linksInline;
  const linked = text.replace(link, (_all, address = "", name = "", label = "", url = "") => {
    const shown = `${name || label}`;
    if (!areListed) return `${shown} (${address || url})`;
    urls.push(`${address || url}`);
    return `${shown} [${urls.length}]`;
  });
  const words = linked
    .replace(/<@\w+>/g, "@bugbot")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
    .replaceAll("\u200B", "")
    .replace(/\*{1,2}([^*\n]+)\*{1,2}/g, (_all, strong: string) => styleText("bold", strong));
  const list = urls.map((url, at) => styleText("dim", `[${at + 1}] ${url}`));
  const marks = reactions.map((reaction) => emoji[reaction] ?? reaction).join(" ");
  const notes = [marks, edits > 0 ? `edited ${edits} times` : ""].filter((note) => note !== "").join(", ");
  const lines = [words, ...(list.length > 0 ? ["", ...list] : [])].join("\n").replaceAll("\n", `\n  ${" ".repeat(8)}`);
  return `  ${styleText("cyan", author.padEnd(7))} ${lines}${notes ? `  [${notes}]` : ""}`;
}
