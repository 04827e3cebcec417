import { decodedViews, unwrapped, type View } from "./decoded-text.ts";

/** Shorter values would blank ordinary words. */
const minSecretLength = 6;
const pieceLength = minSecretLength;
/** Of a secret so long a part is looked for, too: one that was cut at either end. Shorter ones may begin as words do. */
const longSecretLength = 24;
const minCutLength = 12;
/** https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/: an App's are made while it runs. */
const githubToken = String.raw`\b(?:gh[a-z]_[\w.-]{20,}|github_pat_\w{20,})`;
/** Whatever follows `x-access-token:` in the credential that git sends, in base64. */
const gitCredential = String.raw`eC1hY2Nlc3MtdG9rZW46[\w+/=-]*`;

/** Writes `[redacted]` in the place of every secret in a text. */
export type Redact = (text: string) => string;

/** Nothing is a secret. */
export const asItIs: Redact = (text) => text;

/**
 * Knows `secrets` also in base64, hex, JSON, HTML, addresses and Markdown, wrapped or cut, and whatever looks like a token of GitHub's. Of a long
 * secret so many letters in a row are enough as nobody writes by chance.
 */
export function createRedact(secrets: readonly string[]): Redact {
  const find = createFinder(secrets.filter(({ length }) => length >= minSecretLength).flatMap(formsOf));
  const patterns = new RegExp(`${githubToken}|${gitCredential}`, "g");
  return (text) => {
    const found: Range[] = [];
    for (const view of decodedViews(text)) {
      found.push(...find(view), ...find(unwrapped(view)));
      for (const { 0: token, index } of view.text.matchAll(patterns)) {
        found.push(rangeIn(view, index, index + token.length));
      }
    }
    return replaceAll(text, found);
  };
}

/** The same with every text in a JSON value. */
export function redactJson(value: unknown, redact: Redact): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((item: unknown) => redactJson(item, redact));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]: [string, unknown]) => [name, redactJson(item, redact)]),
  );
}

/** What a secret may be written as, and how many characters of that in a row tell of it. */
interface Form {
  text: string;
  least: number;
}

function formsOf(secret: string): Form[] {
  const bytes = new TextEncoder().encode(secret);
  const isLong = secret.length >= longSecretLength;
  const form = (text: string, least: number): Form => ({ text, least: isLong ? least : text.length });
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const base64 = [0, 1, 2].map((shift) => base64Of(bytes, shift));
  return [
    form(secret, minCutLength),
    ...[hex, hex.toUpperCase()].map((text) => form(text, minCutLength * 2)),
    ...[...base64, ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"))].map((text) =>
      form(text, Math.ceil((minCutLength * 4) / 3)),
    ),
  ];
}

/** In the source: from the first character to the one behind the last. */
type Range = readonly [start: number, end: number];

function rangeIn({ starts, ends }: View, from: number, to: number): Range {
  return [starts[from] ?? 0, ends[to - 1] ?? 0];
}

/**
 * Looks for all forms in one pass. Pieces of a form lie so close to each other that what tells of it holds a whole one; what stands around a
 * piece decides.
 */
function createFinder(forms: readonly Form[]): (view: View) => Range[] {
  const pieces = new Map<string, { form: Form; at: number }[]>();
  // Most of a text is told apart by two letters, without a copy of it.
  const known = new Uint8Array(1 << 16);
  for (const form of forms) {
    for (let at = 0; at + pieceLength <= form.text.length; at += form.least - pieceLength + 1) {
      const piece = form.text.slice(at, at + pieceLength);
      pieces.set(piece, [...(pieces.get(piece) ?? []), { form, at }]);
      known[hashEnds(piece, 0)] = 1;
    }
  }
  return (view) => {
    const { text } = view;
    const found: Range[] = [];
    for (let index = 0; index + pieceLength <= text.length; index++) {
      if (known[hashEnds(text, index)] === 0) continue;
      for (const { form, at } of pieces.get(text.slice(index, index + pieceLength)) ?? []) {
        const [from, to] = widen(text, index, form.text, at);
        if (to - from >= form.least) found.push(rangeIn(view, from, to));
      }
    }
    return found;
  };
}

/** How far a text that has a form's piece `at` at `index` is the same as the form. */
function widen(text: string, index: number, form: string, at: number): Range {
  let before = 0;
  while (before < Math.min(at, index) && text[index - before - 1] === form[at - before - 1]) before++;
  let after = pieceLength;
  while (at + after < form.length && text[index + after] === form[at + after]) after++;
  return [index - before, index + after];
}

function hashEnds(text: string, at: number): number {
  return ((text.charCodeAt(at) << 8) ^ text.charCodeAt(at + pieceLength - 1)) & 0xffff;
}

function replaceAll(text: string, found: readonly Range[]): string {
  let written = "";
  let done = 0;
  for (const [start, end] of found.toSorted(([a], [b]) => a - b)) {
    if (end <= done) continue;
    if (start > done || done === 0) written += `${text.slice(done, start)}[redacted]`;
    done = end;
  }
  return written + text.slice(done);
}

/** What is in base64 of a text in which `bytes` stand at `shift` modulo 3, whatever stands around them. */
function base64Of(bytes: Uint8Array, shift: number): string {
  const whole = btoa(String.fromCharCode(...new Uint8Array(shift), ...bytes));
  return whole.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
}
