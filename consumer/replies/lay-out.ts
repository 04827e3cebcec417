import type { Command } from "../../shared/command.ts";
import { maxParts } from "../../shared/limits.ts";
import { type Fits, splitWords } from "./split-words.ts";
import { type Block, paragraph } from "./words.ts";

/** The whole of what does not fit into messages. */
export interface TextFile {
  name: string;
  content: string;
}

/** A long text as a platform shows it. */
export interface LaidOut {
  /** All of it, in messages that the platform takes. */
  parts: readonly Block[][];
  /** Set where that would be too many messages: what to show instead, with the whole of it as a file. */
  beginning?: Block[];
}

const pointer = note("This is the beginning. The whole of it is in the attached file.");
const cutHere = note("I cut it here.");

export function layOut(blocks: readonly Block[], fits: Fits): LaidOut {
  const parts = splitWords(blocks, fits);
  return parts.length <= maxParts ? { parts } : { parts, beginning: beginningOf(blocks, pointer, fits) };
}

/** As many parts as may be shown where no file can be. */
export function cutShort({ parts }: LaidOut, fits: Fits): readonly Block[][] {
  if (parts.length <= maxParts) return parts;
  const last = parts[maxParts - 1] ?? [];
  return [...parts.slice(0, maxParts - 1), beginningOf(last, cutHere, fits)];
}

function beginningOf(blocks: readonly Block[], end: Block, fits: Fits): Block[] {
  const [beginning = []] = splitWords(blocks, (some) => fits([...some, end]));
  return [...beginning, end];
}

function note(text: string): Block {
  return paragraph({ text, italic: true });
}

/** The file's name: the same for every attempt, and for no other command. */
export function fileNameFor({ id }: Command): string {
  return `bugbot-${id}.md`;
}
