import { styleText } from "node:util";
import { stripHidden } from "../../shared/plain-text.ts";

export type Colour = "green" | "yellow" | "red" | "dim" | "bold";

export interface Column<Row> {
  title: string;
  cell: (row: Row) => string;
  /** Never cut: an id that is to be typed again. */
  whole?: boolean;
  colour?: (row: Row) => Colour | undefined;
}

const gap = 2;
const narrowest = 8;

/** Rows under titles, as wide as the terminal: the widest columns are cut first. Without rows, `empty`. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], empty: string): string {
  if (rows.length === 0) return empty;
  const cells = rows.map((row) => columns.map((column) => oneLine(column.cell(row))));
  const natural = columns.map(({ title }, at) => Math.max(title.length, ...cells.map((line) => line[at]?.length ?? 0)));
  const widths = fit(
    natural,
    columns.map(({ whole }) => whole === true),
    terminalWidth(),
  );
  const line = (texts: readonly string[], paint: (text: string, at: number) => string) =>
    texts
      .map((text, at) => paint(padded(text, widths[at] ?? 0), at))
      .join(" ".repeat(gap))
      .trimEnd();
  return [
    line(
      columns.map(({ title }) => title),
      (text) => styleText("bold", text),
    ),
    ...cells.map((texts, row) =>
      line(texts, (text, at) => {
        const given = rows[row];
        const colour = given === undefined ? undefined : columns[at]?.colour?.(given);
        return colour ? styleText(colour, text) : text;
      }),
    ),
  ].join("\n");
}

/** Makes columns fit by cutting the widest, one character at a time. */
export function fit(natural: readonly number[], whole: readonly boolean[], width: number): number[] {
  const widths = [...natural];
  const total = () => widths.reduce((sum, one) => sum + one, 0) + gap * (widths.length - 1);
  while (total() > width) {
    const candidates = widths.flatMap((one, at) => (!whole[at] && one > narrowest ? [{ one, at }] : []));
    const widest = candidates.toSorted((a, b) => b.one - a.one)[0];
    if (!widest) break;
    widths[widest.at] = widest.one - 1;
  }
  return widths;
}

/** Names and values under each other; absent values are left out. */
export function facts(values: Record<string, string | number | null | undefined>): string {
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const width = Math.max(...given.map(([name]) => name.length));
  const indent = `\n${" ".repeat(width + gap)}`;
  return given
    .map(
      ([name, value]) =>
        `${styleText("bold", name.padEnd(width))}${" ".repeat(gap)}${stripHidden(String(value)).replaceAll("\n", indent)}`,
    )
    .join("\n");
}

/** `2026-11-21 00:51:07`, in UTC. */
export function when(ms: number | null): string {
  return ms === null ? "" : new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}

/** Somebody else's words as one line, without what a terminal would act on. */
export function oneLine(text: string): string {
  return stripHidden(text).replace(/\s+/g, " ").trim();
}

function padded(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}

/** A pipe has no width: `COLUMNS`, else 80. */
function terminalWidth(): number {
  return process.stdout.columns ?? (Number(process.env["COLUMNS"]) || 80);
}

export function print(json: boolean, data: unknown, words: string): void {
  console.log(json ? JSON.stringify(data, null, 2) : words);
}
