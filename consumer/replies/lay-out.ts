import type { Command } from "../../shared/command.ts";
import { maxParts } from "../../shared/limits.ts";
import { splitMarkdown } from "./split-markdown.ts";

/** The whole of what does not fit into messages. */
export interface TextFile {
  name: string;
  content: string;
}

/** A long text as a platform shows it. */
export interface LaidOut {
  /** All of it, in messages of at most the platform's length. */
  parts: readonly string[];
  /** Set where that would be too many messages: what to show instead, with the whole of it as a file. */
  beginning?: string;
}

const pointer = "\n\n_This is the beginning. The whole of it is in the attached file._";

export function layOut(text: string, partLength: number): LaidOut {
  const parts = splitMarkdown(text, partLength);
  if (parts.length <= maxParts) return { parts };
  const [beginning = ""] = splitMarkdown(text, partLength - pointer.length);
  return { parts, beginning: beginning + pointer };
}

/** As many parts as may be shown where no file can be. */
export function cutShort({ parts }: LaidOut): readonly string[] {
  if (parts.length <= maxParts) return parts;
  return parts.slice(0, maxParts).map((part, at) => (at === maxParts - 1 ? `${part}\n\n_I cut it here._` : part));
}

/** The file's name: the same for every attempt, and for no other command. */
export function fileNameFor({ id }: Command): string {
  return `bugbot-${id}.md`;
}
