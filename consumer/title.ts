import { stripHidden } from "./prompt.ts";

const maxTitleLength = 80;

/** The report's first sentence without links and issue ids; nothing when no words are left. */
export function titleOf(report: string): string | undefined {
  const words = stripHidden(report)
    .replace(/https?:\/\/\S+/g, " ")
    .replace(/(?<![\w/-])[A-Z][A-Z0-9]{0,9}-\d+(?![\w-])/g, " ")
    .replace(/<[@#!][^>]*>/g, " ")
    .trim();
  const [sentence = ""] = words.split(/(?<=[.!?])\s|\n/, 1);
  const title = sentence.replace(/\s+/g, " ").replace(/^[\s:;,.–—-]+|[\s:;,.–—-]+$/g, "");
  if (!/[\p{L}\p{N}]/u.test(title)) return undefined;
  return title.length > maxTitleLength ? `${title.slice(0, maxTitleLength).replace(/\s+\S*$/, "")}…` : title;
}

/** Fit for a commit's subject or a pull request's title. */
export function oneLine(text: string): string {
  return stripHidden(text).replace(/\s+/g, " ").trim();
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
