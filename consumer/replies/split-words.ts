import { type Block, textOf } from "./words.ts";

/** Whether a platform takes these blocks as one message. */
export type Fits = (blocks: readonly Block[]) => boolean;

/** No platform takes more characters than this in one message, whatever they are written as. */
const mostCharacters = 4_096;

/**
 * Cuts a text into messages, between blocks where it can, else between lines, else between words, else anywhere but inside a character. What is
 * counted is what is sent. A link or code that is cut is whole in both parts. Only white space at a cut is lost.
 */
export function splitWords(blocks: readonly Block[], fits: Fits): Block[][] {
  const parts: Block[][] = [];
  let rest = [...blocks];
  while (rest.length > 0) {
    const at = roomIn(rest, fits);
    const [head, tail] = at === lengthOf(rest) ? [rest, []] : cutAt(rest, at);
    if (head.length > 0) parts.push(head);
    rest = tail;
  }
  return parts;
}

/** Characters, and one for each block's end. */
function lengthOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, block) => sum + textOf(block).length + 1, 0);
}

/** How many characters of this go into one message; at least one. */
function roomIn(blocks: readonly Block[], fits: Fits): number {
  const length = lengthOf(blocks);
  if (length <= mostCharacters && fits(blocks)) return length;
  let most = Math.min(length - 1, mostCharacters);
  let least = 0;
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (fits(cutAt(blocks, middle)[0])) least = middle;
    else most = middle - 1;
  }
  let at = niceCut(blocks, least);
  // A longer text may be written in fewer characters.
  while (at > 2 && !fits(cutAt(blocks, at)[0])) at = insideNoCharacter(flat(blocks), at - 1);
  return Math.max(at, 1);
}

function flat(blocks: readonly Block[]): string {
  let text = "";
  for (const block of blocks) {
    text += `${textOf(block)}\n`;
    if (text.length > mostCharacters * 2) break;
  }
  return text;
}

function niceCut(blocks: readonly Block[], room: number): number {
  const ends: { at: number; isApart: boolean }[] = [];
  let end = 0;
  for (const [index, block] of blocks.entries()) {
    end += textOf(block).length + 1;
    if (end > room) break;
    ends.push({ at: end, isApart: blocks[index + 1]?.isApart ?? true });
  }
  const text = flat(blocks);
  const lastOf = (character: string) => text.lastIndexOf(character, room - 1) + 1;
  const nice = [ends.findLast(({ isApart }) => isApart)?.at ?? 0, ends.at(-1)?.at ?? 0, lastOf("\n"), lastOf(" ")];
  return nice.find((at) => at > room / 2 && at <= room) ?? insideNoCharacter(text, room);
}

/** The nearest place before `at`, or the first after it, that is inside no character as people see it. */
function insideNoCharacter(text: string, at: number): number {
  for (let before = at; before > Math.max(0, at - 20); before--) {
    if (!/^(?:[\uDC00-\uDFFF]|\u200D|\p{M})/u.test(text.slice(before, before + 2)) && text[before - 1] !== "\u200D")
      return before;
  }
  return /[\uDC00-\uDFFF]/.test(text.charAt(at)) ? at + 1 : at;
}

function cutAt(blocks: readonly Block[], at: number): [head: Block[], tail: Block[]] {
  let left = at;
  for (const [index, block] of blocks.entries()) {
    const length = textOf(block).length;
    // An end counts as a character.
    if (left > length) {
      left -= length + 1;
      continue;
    }
    const before = blocks.slice(0, index);
    const after = blocks.slice(index + 1);
    if (left === 0) return [before, blocks.slice(index)];
    const [head, tail] = cutBlock(block, left);
    return [
      [...before, ...some(head)],
      [...some(tail), ...after],
    ];
  }
  return [[...blocks], []];
}

function some(block: Block): Block[] {
  return textOf(block) === "" ? [] : [block];
}

function cutBlock(block: Block, at: number): [Block, Block] {
  const head: Block["spans"][number][] = [];
  const tail: Block["spans"][number][] = [];
  const isLineEnd = textOf(block).charAt(at - 1) === "\n";
  let left = at;
  for (const span of block.spans) {
    const length = Math.min(left, span.text.length);
    left -= length;
    if (length > 0) head.push({ ...span, text: span.text.slice(0, length) });
    if (length < span.text.length) tail.push({ ...span, text: span.text.slice(length) });
  }
  const [end, start] = block.kind !== "code" ? [/\s+$/, /^\s+/] : isLineEnd ? [/\n$/, /^/] : [/^$/, /^\n/];
  const { number: _number, depth: _depth, ...rest } = block;
  return [
    { ...block, spans: trimmed(head, -1, end) },
    { ...rest, kind: block.kind === "item" ? "paragraph" : block.kind, isApart: false, spans: trimmed(tail, 0, start) },
  ];
}

/** Without the white space at a cut, which would stand at a message's edge. */
function trimmed(spans: readonly Block["spans"][number][], at: 0 | -1, edge: RegExp): Block["spans"] {
  const one = spans.at(at);
  return one ? spans.with(at, { ...one, text: one.text.replace(edge, "") }).filter(({ text }) => text !== "") : spans;
}
