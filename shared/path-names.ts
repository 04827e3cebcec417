/** `[[…]]`, `[...…]`, a class, a group of picomatch's, a wildcard, or plain text. */
const token =
  /\[\[[^\]]*\]\]|\[\.\.\.[^\]]*\]|\[[!^]?[^[\]{}()|*?]+\]|[+*!]\((?:[^()]|\([^()]*\))*\)|\*+|\?|[^[*?+!]+|./gu;

/**
 * What one folder or file may be called, with `\` before what is literal: several where brackets can be read in several ways. Where `isWide`,
 * all readings count.
 */
export function readName(name: string, isWide: boolean): string[] {
  if (name === "**") return ["**"];
  const tokens = name.match(token) ?? [];
  const read = (isName: (text: string) => boolean) =>
    tokens.map((one) => (isClass(one) && !isName(one) ? one.replace(/^\[!/, "[^") : readToken(one))).join("");
  const asName = read((one) => !isSet(one));
  // https://nextjs.org/docs/app/getting-started/project-structure#dynamic-routes
  if (!isWide && /^\[[A-Za-z_$][\w$-]*\]$/.test(name)) return [asName];
  return [...new Set([read(() => false), asName, ...(isWide ? [read(() => true)] : [])])];
}

/** What is wrong with one name, after the name of the setting. */
export function nameFault(name: string): string | undefined {
  if (name.includes("[:") || name.includes("[=")) return "must have characters in its brackets, as [0-9], and no [:…:]";
  if (/\[[!^]?(?:\d-\d|[a-z]-[a-z]|[A-Z]-[A-Z])\]/.test(name) && !(name.match(token) ?? []).every(isUpward))
    return "must have its ranges upwards, as [0-9]";
  const plain = (name.match(token) ?? []).filter((text) => !isClass(text));
  if (plain.includes("!")) return "must be one pattern, and have ! at its start alone";
  if (plain.some((text) => /[,;"'`]/.test(text) || (!isGroup(text) && text.includes("|"))) || /\*\*\s/.test(name))
    return "must be one pattern, without quotes, and without , ; or | but in brackets";
  if (["()", "[]", "{}"].some(([open, close]) => name.split(open ?? "").length !== name.split(close ?? "").length))
    return "must close each bracket that it opens, in the same name";
  if (name.includes(":")) return "must be a path, and have no :";
  return plain.some((text) => text === "[" || /^[^[]*\]/.test(text))
    ? "must have nothing but characters in its brackets, as [0-9]"
    : undefined;
}

/** Whether an escaped name stands for more than one. */
export function isWild(name: string): boolean {
  return /(?<!\\)[*?[(]/.test(name);
}

function isGroup(text: string): boolean {
  return /^[+*!]\(.*\)$/.test(text);
}

function isClass(text: string): boolean {
  return /^\[(?!\[|\.\.\.).+\]$/.test(text) && isUpward(text);
}

/** Whether no range of a class goes backwards: `[my-slug]` has one, and can only be a name. */
function isUpward(text: string): boolean {
  const ranges = text.replace(/^\[[!^]?/, "").match(/.-[^\]]/gu) ?? [];
  return !text.startsWith("[") || ranges.every(([from = "", , to = ""]) => from <= to);
}

/** Whether a class can hardly be meant as a name: `[!a]`, `[a-zA-Z_]`, but neither `[id]` nor `[blog-post]`. */
function isSet(text: string): boolean {
  const rest = text.slice(1, -1).replace(/\d-\d|[a-z]-[a-z]|[A-Z]-[A-Z]/g, "-");
  return /^\[[!^]/.test(text) || (/\d-\d|[a-z]-[a-z]|[A-Z]-[A-Z]/.test(text) && !/[A-Za-z0-9].*[A-Za-z0-9]/.test(rest));
}

function readToken(text: string): string {
  if (text === "?" || isGroup(text)) return text;
  return text.startsWith("*") ? "*" : escape(text);
}

function escape(text: string): string {
  return text.replace(/[!"#$&'()*+,;<=>?@[\]^`{|}~]/g, "\\$&");
}
