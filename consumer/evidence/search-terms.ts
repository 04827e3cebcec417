import { maxTextLength } from "../../shared/limits.ts";
import { stripHidden } from "../../shared/plain-text.ts";
import type { StackFrame } from "../../shared/references/stack-frame.ts";
import { isCommon } from "./common-words.ts";
import { namedRoutes } from "./named-places.ts";

/** Words that a report and the code may share; `rarity` orders them, the more specific the higher. */
export interface SearchTerm {
  text: string;
  rarity: number;
}

export const maxTermLength = 80;
const maxTerms = 12;

/** `TypeError: message`; a class of the application's own is an identifier as well. */
const thrown = /\b(?:[A-Z][A-Za-z]{0,40})?(?:Error|Exception): ([^\n]{3,300})/g;
/** Apostrophes inside words open no quotation. */
const quoted = /"([^"\n]{3,100})"|“([^”\n]{3,100})”|`([^`\n]{3,100})`|(?<!\w)'([^'\n]{3,100})'(?!\w)/g;
const identifier = /[A-Za-z_$][\w$]{2,79}/g;
/** What a runtime says of any program. */
const runtimeMessage =
  /^(?:Cannot (?:read|set|destructure|access)|undefined|null|Unexpected|Failed to fetch|Network ?Error|Load failed|Maximum call stack|Script error|Invalid (?:array|date|time)|\S+ is (?:not|null|undefined|required))|is not (?:a function|defined|iterable|an object)/i;
/** Where a message has something put in: what stands between is written in the code. */
const inserted = /["“”'`][^"“”'`]*["“”'`]|https?:\S+|\S*\d\S*|\$?\{[^{}]*\}|[:;]/;
/** Addresses, mentions, ids of people and tickets: nothing that code would hold. */
const foreign =
  /https?:\/\/\S+|<[@#!][^>\s]{1,80}>|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}|\b[A-Z]{2,10}-\d{1,6}\b|\b[\da-f-]{32,64}\b/gi;

/** What to search a repository for, the rarest first: messages and names that only few places hold, then plain words. */
export function searchTerms(text: string, frames: readonly StackFrame[]): SearchTerm[] {
  const said = stripHidden(text).slice(0, maxTextLength).replace(foreign, " ");
  const found = new Map<string, SearchTerm>();
  function add(candidate: string, rarity: number): void {
    const term = candidate.replace(/[\s"`\\]+/g, " ").trim();
    if (term.length < 3 || term.length > maxTermLength || !/[a-z]{3}/i.test(term) || isCommon(term)) return;
    const known = found.get(term.toLowerCase());
    if (!known || known.rarity < rarity) found.set(term.toLowerCase(), { text: term, rarity });
  }

  for (const { symbol = "" } of frames) {
    const name = symbol.split(/[^\w$]+/).findLast((part) => part !== "") ?? "";
    add(name, 70 + partsOf(name));
  }
  for (const [, message = ""] of said.matchAll(thrown)) addMessage(message);
  for (const [, ...groups] of said.matchAll(quoted)) {
    const words = groups.find((group) => group !== undefined) ?? "";
    if (/\s/.test(words.trim())) addMessage(words);
    else if (words.length > 3) add(words, isName(words) ? 60 + partsOf(words) : 40);
  }
  for (const route of namedRoutes(text)) add(route, 40 + 5 * Math.min(4, route.split("/").length));
  for (const [name] of said.matchAll(identifier)) {
    if (isName(name)) add(name, 50 + 5 * partsOf(name));
    else if (name.length > 4) add(name, Math.min(name.length, 20));
  }
  return [...found.values()].toSorted(byRarity).slice(0, maxTerms);

  /** Its first sentence: what follows may be the reporter's. */
  function addMessage(message: string): void {
    if (runtimeMessage.test(message.trim())) return;
    const [sentence = ""] = message.split(/[.!?]\s/, 1);
    const literal = sentence
      .split(inserted)
      .map((part) => part.replace(/^[\s.,!?()-]+|[\s.,!?()-]+$/g, ""))
      .reduce((longest, part) => (part.length > longest.length ? part : longest), "");
    if (/\s/.test(literal)) add(shorten(literal), 60 + Math.min(literal.length, 40) / 2);
  }
}

/** Not a word of a language people speak: `applyCode`, `apply_code`, `ERR_CODE`, `SUMMER25`. */
function isName(word: string): boolean {
  return /[a-z\d][A-Z]|[A-Za-z\d]_[A-Za-z\d]|^[A-Z]{3,}\d|\$/.test(word);
}

/** How many words a name is made of, at most five. */
function partsOf(name: string): number {
  return Math.min(5, name.split(/_|(?<=[a-z\d])(?=[A-Z])/).filter((part) => part !== "").length);
}

/** Whole words up to the length of a term. */
function shorten(phrase: string): string {
  return phrase.length <= maxTermLength ? phrase : phrase.slice(0, maxTermLength).replace(/\s+\S*$/, "");
}

function byRarity(one: SearchTerm, other: SearchTerm): number {
  return other.rarity - one.rarity || other.text.length - one.text.length || (one.text < other.text ? -1 : 1);
}
