import stringWidth from "string-width";

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** How many columns of a terminal a text takes. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/** As wide as `width`: filled up with spaces, or cut between two characters as a reader sees them. */
export function padded(text: string, width: number): string {
  const missing = width - widthOf(text);
  if (missing >= 0) return text + " ".repeat(missing);
  let kept = "";
  let left = width - 1;
  for (const { segment } of graphemes.segment(text)) {
    left -= widthOf(segment);
    if (left < 0) break;
    kept += segment;
  }
  return padded(`${kept.trimEnd()}…`, width);
}

/**
 * Breaks lines between words where they are wider than the terminal; what follows a break is indented. Words that are wider, and commands in
 * backticks, stay whole: they are to be copied.
 */
export function wrap(text: string, indent = 0, width = terminalWidth(process.stdout)): string {
  const start = " ".repeat(indent);
  const lines = text.split("\n").flatMap((line) => {
    if (indent + widthOf(line) <= width) return [line];
    const broken = [""];
    for (const word of line.match(/\s*(?:`[^`]*`|\S)+/g) ?? []) {
      const last = broken.at(-1) ?? "";
      if (last === "" || indent + widthOf(last + word) <= width) broken[broken.length - 1] = last + word;
      else broken.push(word.trimStart());
    }
    return broken;
  });
  return lines.join(`\n${start}`);
}

/** A pipe has no width: its lines are broken by whoever reads them. A terminal of unknown size says 0. */
export function terminalWidth({ isTTY, columns }: { isTTY?: boolean; columns?: number }): number {
  return isTTY ? columns || 80 : Infinity;
}
