import { stripHidden } from "../../shared/plain-text.ts";
import { maskEmails } from "../../shared/references/email.ts";

const maxTitleLength = 80;
/** GitHub refuses a pull request's title of more than 256 characters. */
const maxSubjectLength = 200;

/** The report's first sentence without links, addresses masked; nothing when there are no words but ids. `HTTP-500` looks like an issue's. */
export function titleOf(report: string): string | undefined {
  const words = maskEmails(stripHidden(report))
    .replace(/https?:\/\/\S+/g, " ")
    .replace(/<[@#!][^>]*>/g, " ");
  for (const sentence of words.split(/(?<=[.!?])\s|\n/)) {
    const title = sentence.replace(/\s+/g, " ").replace(/^[\s:;,.–—-]+|[\s:;,.–—-]+$/g, "");
    const withoutIds = title.replace(/(?<![\w/-])[A-Z][A-Z0-9]{0,9}-\d+(?![\w-])/g, " ");
    if (/[\p{L}\p{N}]/u.test(withoutIds)) return cut(title, maxTitleLength);
  }
  return undefined;
}

/** A thread's head is what it is about; what follows it may be no more than “me too”. */
export function titleOfThread(earlier: readonly { text: string }[]): string | undefined {
  for (const { text } of earlier) {
    const title = titleOf(text);
    if (title !== undefined) return title;
  }
  return undefined;
}

/** Fit for a commit's subject or a pull request's title. */
export function oneLine(text: string): string {
  return cut(stripHidden(text).replace(/\s+/g, " ").trim(), maxSubjectLength);
}

/** Cuts at a word, and never inside a character. */
function cut(text: string, length: number): string {
  const characters = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
  return characters.length > length
    ? `${characters
        .slice(0, length)
        .join("")
        .replace(/\s+\S*$/, "")}…`
    : text;
}

/** `bugbot/<issue or key>-<words>`: safe as a git ref and in a URL. */
export function branchName(key: string, title: string): string {
  const slug = title
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 40)
    .replace(/^-+|-+$/g, "");
  return `bugbot/${key.toLowerCase()}${slug ? `-${slug}` : ""}`;
}
