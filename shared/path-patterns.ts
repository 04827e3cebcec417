/** How many paths the alternatives of one pattern may stand for. */
const maxAlternatives = 200;

export interface Glob {
  segments: readonly string[];
  below: boolean;
}

/** One pattern of a list: `!` at its start excludes. */
export interface PathPattern {
  text: string;
  excludes: boolean;
  /**
   * Each counts from the repository's root, in segments. `\` stands before what is literal, so that picomatch and `.gitignore` read it alike;
   * only `+(…)`, `*(…)` and `!(…)` are picomatch's alone. With `below`, everything below what it matches is meant too.
   */
  globs: readonly Glob[];
  /** What is wrong with it, after the name of the setting: `must …`. Such a pattern allows nothing, and excludes everything. */
  fault: string | undefined;
}

/**
 * What a person means by a pattern. It counts from the repository's root; `/` or `./` before it change nothing. A name at its end is a file
 * or a folder with everything below. `[id]`, `[...slug]`, `[[...slug]]` and `(group)` are folders of those names, as in Next.js; brackets with
 * more beside them are a class of characters or the name itself. An excluding pattern is read as in `.gitignore`: without a slash it counts in
 * every folder, and with a folder it excludes everything below.
 */
export function parsePattern(text: string): PathPattern {
  const excludes = text.startsWith("!");
  const written = text.slice(excludes ? 1 : 0).trim();
  const isAnywhere = excludes && !written.replace(/\/+$/, "").includes("/");
  const globs: Glob[] = [];
  const none = excludes ? [{ segments: ["**"], below: true }] : [];
  let fault = faultOf(written, excludes);
  for (const plain of fault === undefined ? expand(written) : []) {
    const choices = plain
      .split("/")
      .filter((name) => name !== "" && name !== ".")
      .map(escapeName);
    const count = choices.reduce((product, { length }) => product * length, 1);
    if (choices.length === 0) fault = "must name something: ** is everything";
    if (globs.length + count > maxAlternatives) fault = `must stand for at most ${maxAlternatives} paths`;
    if (fault !== undefined) break;
    const below = excludes || plain.endsWith("/") || !choices.at(-1)?.some(isWild);
    const all = choices.reduce<string[][]>(
      (heads, names) => heads.flatMap((head) => names.map((name) => [...head, name])),
      [isAnywhere ? ["**"] : []],
    );
    globs.push(...all.map((segments) => ({ segments, below })));
  }
  return { text, excludes, globs: fault === undefined ? globs : none, fault };
}

function faultOf(written: string, excludes: boolean): string | undefined {
  if (written === "") return "must name something: ** is everything";
  if (written.includes("\\")) return "must have / between folders and no backslash";
  if (written.split("/").includes("..")) return "must stay in the repository, without ..";
  if (/^(?:~|[a-z]:|\/(?:home|Users|root|tmp|var|opt|mnt|usr|private|workspaces?)(?:\/|$))/i.test(written))
    return "must count from the repository's root, not a machine's";
  if (/[+*!]\([^)]*\//.test(written)) return "must have no / inside of +(…), *(…) or !(…)";
  if (excludes && /^[!(]/.test(written)) return "must begin with one !, and not with !( where !/( is meant";
  return written.split("{").length === written.split("}").length ? undefined : "must close each { that it opens";
}

/** Without braces, `@(…)`, `?(…)` and `(a|b)`: one text for each alternative. */
function* expand(glob: string): Generator<string> {
  for (let start = 0; start < glob.length; start++) {
    const open = glob[start];
    if (open !== "{" && open !== "(") continue;
    const end = closing(glob, start);
    if (end === undefined) continue;
    const before = glob[start - 1] ?? "";
    if (open === "(" && /[+*!]/.test(before)) {
      start = end;
      continue;
    }
    const inside = glob.slice(start + 1, end);
    const isExtended = open === "(" && /[@?]/.test(before);
    const parts = open === "{" ? (range(inside) ?? split(inside, ",")) : split(inside, "|");
    if (parts.length === 1 && !isExtended) continue;
    const head = glob.slice(0, isExtended ? start - 1 : start);
    for (const part of isExtended && before === "?" ? ["", ...parts] : parts) {
      yield* expand(head + part + glob.slice(end + 1));
    }
    return;
  }
  yield glob;
}

/** Where the bracket at `start` is closed. */
function closing(glob: string, start: number): number | undefined {
  const [open, close] = glob[start] === "{" ? ["{", "}"] : ["(", ")"];
  let depth = 0;
  for (let at = start; at < glob.length; at++) {
    if (glob[at] === open) depth++;
    if (glob[at] === close && --depth === 0) return at;
  }
  return undefined;
}

function split(text: string, separator: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const char of text) {
    if ("{(".includes(char)) depth++;
    if ("})".includes(char)) depth--;
    if (char === separator && depth === 0) parts.push("");
    else parts.push(parts.pop() + char);
  }
  return parts;
}

/** `1..3` is 1, 2 and 3. */
function range(text: string): string[] | undefined {
  const [from = Number.NaN, to = Number.NaN] = (/^(\d{1,4})\.\.(\d{1,4})$/.exec(text) ?? []).slice(1).map(Number);
  return from <= to ? Array.from({ length: to - from + 1 }, (_, index) => String(from + index)) : undefined;
}

/** What one folder or file may be called, with `\` before what is literal: two where brackets can be read in two ways. */
function escapeName(name: string): string[] {
  if (name === "**") return ["**"];
  // https://nextjs.org/docs/app/getting-started/project-structure#dynamic-routes
  if (/^\[[A-Za-z_$][\w$-]*\]$/.test(name) && !/^\[.-.\]$/.test(name)) return [escape(name)];
  const tokens = name.match(token) ?? [];
  const [read, literal] = [tokens.map((one) => readToken(one)).join(""), tokens.map(escapeBrackets).join("")];
  return read === literal ? [read] : [read, literal];
}

/** `[[…]]`, `[...…]`, a class, a group of picomatch's, a wildcard, or plain text. */
const token =
  /\[\[[^\]]*\]\]|\[\.\.\.[^\]]*\]|\[[!^]?[^[\]{}()|*?]+\]|[+*!]\((?:[^()]|\([^()]*\))*\)|\*+|\?|[^[*?+!]+|./gu;
const isClass = (text: string): boolean => /^\[(?!\[|\.\.\.).+\]$/.test(text);

function readToken(text: string): string {
  if (text === "?" || /^[+*!]\(.*\)$/.test(text)) return text;
  if (text.startsWith("*")) return "*";
  return isClass(text) ? text.replace(/^\[!/, "[^") : escape(text);
}

function escapeBrackets(text: string): string {
  return isClass(text) ? escape(text) : readToken(text);
}

function escape(text: string): string {
  return text.replace(/[!"#$&'()*+,;<=>?@[\]^`{|}~]/g, "\\$&");
}

/** Whether an escaped name stands for more than one. */
export function isWild(name: string): boolean {
  return /(?<!\\)[*?[(]/.test(name);
}
