import { styleText } from "node:util";

/** One measured value beside what it is compared with. */
export interface Line {
  what: string;
  measured: string;
  comparison?: string;
  ratio?: number;
  /** In words, such as "≥ 0.85". Without one the line only informs. */
  target?: string;
  met?: boolean;
}

/** All rounds, or a first small one, which shows that a part runs and measures nothing worth reading. */
export type Size = "full" | "small";

export interface Section {
  title: string;
  lines: readonly Line[];
  /** How it was measured, and where the time goes. */
  notes: readonly string[];
}

/** A section as a table for a terminal, then its notes. */
export function render({ title, lines, notes }: Section): string {
  const head = [title, "measured", "beside", "ratio", "target", ""];
  const rows = [head, ...lines.map(cellsOf)];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const [first = "", ...rest] = rows.map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "),
  );
  const table = [styleText("bold", first), ...rest.map(colourVerdict)];
  return [...table, ...notes.map((note) => styleText("dim", `  ${note}`))].join("\n");
}

function cellsOf({ what, measured, comparison = "", ratio, target = "", met }: Line): string[] {
  const verdict = met === undefined ? "" : met ? "ok" : "short";
  return [`  ${what}`, measured, comparison, ratio?.toFixed(2) ?? "", target, verdict];
}

function colourVerdict(row: string): string {
  return row.replace(/(ok|short) *$/, (verdict) => styleText(verdict.startsWith("ok") ? "green" : "red", verdict));
}
