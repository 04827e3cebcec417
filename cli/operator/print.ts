import { styleText } from "node:util";
import { escapeHidden, stripHidden } from "../../shared/plain-text.ts";
import { padded, widthOf, wrap } from "../wrap.ts";

export type Colour = "green" | "yellow" | "red" | "dim" | "bold";

export interface Column<Row> {
  title: string;
  cell: (row: Row) => string;
  /** How narrow it may be cut. What has none is whole: an id that is to be typed again, a date, an amount. */
  least?: number;
  /** Begins a row's next line, where the terminal is too narrow for a row on one. */
  folds?: boolean;
  colour?: (row: Row) => Colour | undefined;
}

const gap = 2;
const indent = 2;

/** Rows under titles, as wide as the terminal. Without rows, `empty`. */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  empty: string,
  width = tableWidth(),
): string {
  if (rows.length === 0) return empty;
  const cells = rows.map((row) => columns.map((column) => oneLine(column.cell(row))));
  const needs = columns.map(({ title, least, folds = false }, at): Need => {
    const natural = Math.max(widthOf(title), ...cells.map((line) => widthOf(line[at] ?? "")));
    return { at, natural, least: Math.min(natural, Math.max(widthOf(title), least ?? natural)), folds };
  });
  const lines = layOut(needs, width);
  const write = (texts: readonly string[], paint: (text: string, at: number) => string) =>
    lines
      .map((places) => places.slice(0, places.findLastIndex(({ at }) => texts[at] !== "") + 1))
      .flatMap((places, line) => {
        if (line > 0 && places.length === 0) return [];
        const told = places.map(({ at, width: wide }, place) => {
          const text = padded(texts[at] ?? "", wide);
          return paint(place === places.length - 1 ? text.trimEnd() : text, at);
        });
        return [" ".repeat(line === 0 ? 0 : indent) + told.join(" ".repeat(gap))];
      })
      .join("\n");
  return [
    write(
      columns.map(({ title }) => title),
      (text) => styleText("bold", text),
    ),
    ...rows.map((row, at) =>
      write(cells[at] ?? [], (text, column) => {
        const colour = columns[column]?.colour?.(row);
        return colour ? styleText(colour, text) : text;
      }),
    ),
  ].join("\n");
}

interface Need {
  /** Which column. */
  at: number;
  natural: number;
  least: number;
  folds: boolean;
}

/** Which columns stand in which line of a row, and how wide: on one line if they can be, else on as many as it takes. */
export function layOut(needs: readonly Need[], width: number): { at: number; width: number }[][] {
  const least = (line: readonly Need[]) => line.reduce((sum, need) => sum + need.least + gap, -gap);
  if (least(needs) <= width) return [fit(needs, width)];
  const lines: Need[][] = [[]];
  for (const need of needs) {
    const line = lines.at(-1) ?? [];
    const room = width - (lines.length > 1 ? indent : 0);
    if (line.length > 0 && (need.folds || least([...line, need]) > room)) lines.push([need]);
    else line.push(need);
  }
  return lines.map((line, at) => fit(line, width - (at > 0 ? indent : 0)));
}

/** Makes columns fit by cutting the widest, one character at a time. */
function fit(needs: readonly Need[], width: number): { at: number; width: number }[] {
  const places = needs.map(({ at, natural, least }) => ({
    at,
    least,
    width: Math.max(least, Math.min(natural, width)),
  }));
  const total = () => places.reduce((sum, place) => sum + place.width + gap, -gap);
  while (total() > width) {
    const widest = places.filter((place) => place.width > place.least).toSorted((a, b) => b.width - a.width)[0];
    if (!widest) break;
    widest.width--;
  }
  return places.map(({ at, width: wide }) => ({ at, width: wide }));
}

/** Names and values under each other; absent values are left out. */
export function facts(values: Record<string, string | number | null | undefined>): string {
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const width = Math.max(...given.map(([name]) => name.length)) + gap;
  return given
    .map(([name, value]) => `${styleText("bold", name.padEnd(width))}${wrap(stripHidden(String(value)), width)}`)
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

/** A pipe has no width: `COLUMNS`, else 80. */
function tableWidth(): number {
  return process.stdout.columns || Number(process.env["COLUMNS"]) || 80;
}

/** JSON with nothing in it that a terminal would act on. */
export function toJson(data: unknown, spaces = 0): string {
  return escapeHidden(JSON.stringify(data, null, spaces));
}

export function print(json: boolean, data: unknown, words: string): void {
  console.log(json ? toJson(data, 2) : words);
}

/** On stderr, so that JSON stays JSON. */
export function tellOlder(older: string | null): void {
  if (older !== null) console.error(wrap(`There is more: \`--before ${oneLine(older)}\` goes on.`));
}
