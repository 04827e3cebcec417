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
  repository: string;
  /** When the mention was written, and when bugbot had heard it, in ms since the epoch. */
  sentAt: number;
  heardAt: number;
  costUsd: number;
  scripted: boolean;
}

/** What happened, for a person to read. Colours only where the terminal has them. */
export async function tellStory(facts: StoryFacts): Promise<string> {
  const { chat, linear, github, repository } = facts;
  const [issue] = linear.workspace.issues;
  const attachments = linear.workspace.attachments.map(({ title, url }) => `  linked: ${title} ${url}`);
  const [pull] = github.pullRequests(repository);
  return [
    heading(chat.title),
    ...chat.thread.map(asSeen),
    heading("The issue in Linear"),
    ...(issue ? [`  ${issue.identifier} ${issue.title}`, ...attachments] : ["  none"]),
    heading("The pull request on GitHub"),
    ...(pull
      ? [
          `  #${pull.number} ${pull.title}`,
          `  ${pull.head} → ${pull.base}`,
          "",
          ...indent(pull.body ?? ""),
          "",
          ...indent(await github.diff(repository, pull.base, pull.head)).map(colourDiff),
        ]
      : ["  none"]),
    heading("Time"),
    ...stages(facts),
    heading("Cost"),
    `  $${facts.costUsd.toFixed(4)} as Claude Code counts it${facts.scripted ? ", for scripted answers: nothing was spent" : ""}`,
  ].join("\n");
}

function heading(text: string): string {
  return `\n${styleText("bold", text)}`;
}

function indent(text: string): string[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => `  ${line}`);
}

/** Slack's mrkdwn as it looks: a link by its label and address. */
function asSeen({ author, text, reactions, edits }: Chat["thread"][number]): string {
  const emoji: Record<string, string> = {
    ":eyes:": "👀",
    ":gear:": "⚙️",
    ":white_check_mark:": "✅",
    ":x:": "❌",
    ":hourglass_flowing_sand:": "⏳",
  };
  const words = text
    .replace(/<(https?:[^|>]+)\|([^>]+)>/g, "$2 ($1)")
    .replace(/<@\w+>/g, "@bugbot")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
  const marks = reactions.map((reaction) => emoji[reaction] ?? reaction).join(" ");
  const notes = [marks, edits > 0 ? `edited ${edits} times` : ""].filter((note) => note !== "").join(", ");
  return `  ${styleText("cyan", author.padEnd(7))} ${words.replaceAll("\n", `\n  ${" ".repeat(8)}`)}${notes ? `  [${notes}]` : ""}`;
}

function colourDiff(line: string): string {
  if (/^ {2}\+(?!\+\+)/.test(line)) return styleText("green", line);
  return /^ {2}-(?!--)/.test(line) ? styleText("red", line) : line;
}

/** Time per stage, read off the stand-ins' lists of requests. */
function stages({ chat, github, sentAt, heardAt }: StoryFacts): string[] {
  const first = (requests: readonly RecordedRequest[], what: RegExp) =>
    requests.find(({ path }) => what.test(path))?.at;
  const moments: [string, number | undefined][] = [
    ["the gateway verified, queued and answered", heardAt],
    ["the first words in the thread", chat.firstWordsAt],
    ["repository and issue found, run started", first(github.requests, /git-upload-pack/)],
    ["cloned, fixed, checked and pushed", first(github.requests, /\/git-receive-pack$/)],
    [
      "checked again, pull request opened",
      github.requests.find(({ method, path }) => method === "POST" && path.endsWith("/pulls"))?.at,
    ],
    ["the last word", chat.lastWordAt],
  ];
  let before = sentAt;
  const lines = moments.flatMap(([what, at]) => {
    if (at === undefined) return [];
    const line = `  ${`${at - before} ms`.padStart(9)}  ${what}`;
    before = at;
    return [line];
  });
  return [...lines, `  ${`${before - sentAt} ms`.padStart(9)}  in all`];
}
