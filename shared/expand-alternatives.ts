/** Without braces, `@(…)`, `?(…)` and `(a|b)`: one text for each alternative. Where `isWide`, `{a}` is both that name and `a`. */
export function* expandAlternatives(glob: string, isWide: boolean): Generator<string> {
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
    const parts = open === "{" ? (range(inside) ?? splitOutside(inside, ",")) : splitOutside(inside, "|");
    const head = glob.slice(0, isExtended ? start - 1 : start);
    const isOneName = parts.length === 1 && !isExtended;
    if (isOneName && !(isWide && open === "{")) continue;
    for (const part of isExtended && before === "?" ? ["", ...parts] : parts) {
      yield* expandAlternatives(head + part + glob.slice(end + 1), isWide);
    }
    if (!isOneName) return;
  }
  yield glob;
}

/** Where the bracket at `start` is closed. */
export function closing(glob: string, start: number): number | undefined {
  const [open, close] = glob[start] === "{" ? ["{", "}"] : ["(", ")"];
  let depth = 0;
  for (let at = start; at < glob.length; at++) {
    if (glob[at] === open) depth++;
    if (glob[at] === close && --depth === 0) return at;
  }
  return undefined;
}

/** Split where no bracket is open. */
export function splitOutside(text: string, separator: string): string[] {
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

/** `1..3` is 1, 2 and 3; `01..03` keeps its zeros. */
function range(text: string): string[] | undefined {
  const [, first, last] = /^(\d{1,4})\.\.(\d{1,4})$/.exec(text) ?? [];
  if (first === undefined || last === undefined) return undefined;
  const width = [first, last].some((one) => /^0\d/.test(one)) ? Math.max(first.length, last.length) : 0;
  const [from, to] = [Math.min(Number(first), Number(last)), Math.max(Number(first), Number(last))];
  return Array.from({ length: to - from + 1 }, (_, index) => String(from + index).padStart(width, "0"));
}
