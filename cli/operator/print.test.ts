import { describe, it } from "vitest";
import { facts, layOut, oneLine, table, toJson } from "./print.ts";
import { widthOf, wrap } from "../wrap.ts";

const column = (at: number, natural: number, least = natural, folds = false) => ({ at, natural, least, folds });
const widths = (needs: ReturnType<typeof column>[], width = 80) =>
  layOut(needs, width).map((line) => line.map((place) => place.width));

describe("a table's columns", () => {
  it("are cut where they are widest, and never below what can be read", ({ expect }) => {
    expect(widths([column(0, 5), column(1, 5)])).toEqual([[5, 5]]);
    expect(widths([column(0, 10, 8), column(1, 20, 8), column(2, 100, 8)])).toEqual([[10, 20, 46]]);
    expect(widths([column(0, 40), column(1, 30, 8), column(2, 30, 8)])).toEqual([[40, 18, 18]]);
  });

  it("go on in another line where there is no room, so that an id stays whole", ({ expect }) => {
    expect(widths([column(0, 70), column(1, 8), column(2, 19, 19, true), column(3, 90, 16)])).toEqual([
      [70, 8],
      [19, 57],
    ]);
    expect(widths([column(0, 70), column(1, 70), column(2, 300, 16)])).toEqual([[70], [70], [78]]);
    expect(widths([column(0, 100), column(1, 8)], 40)).toEqual([[100], [8]]);
  });
});

const id = `slack-${"0a".repeat(32)}`;
const columns = [
  { title: "ID", cell: (row: { id: string; said: string }) => row.id },
  { title: "WHEN", cell: () => "2026-01-02 03:04:05", folds: true },
  { title: "SAID", cell: (row: { id: string; said: string }) => row.said, least: 10 },
];

it("shows a real id whole in 80 columns, and characters as wide as a terminal shows them", ({ expect }) => {
  const rows = [
    { id, said: "割引コードが二回適用される、とてもこまっています。はやくなおしてください。おねがいします。" },
    { id: "slack-Ev1", said: "👩‍👩‍👧‍👦".repeat(40) },
  ];
  const lines = table(rows, columns, "none", 80).split("\n");
  expect(lines).toEqual([
    "ID",
    "  WHEN                 SAID",
    id,
    expect.stringMatching(/^ {2}2026-01-02 03:04:05 {2}割引.*…$/),
    "slack-Ev1",
    expect.stringMatching(/^ {2}2026-01-02 03:04:05 {2}(👩‍👩‍👧‍👦)+…$/u),
  ]);
  for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(80);
  const onOne = table(rows, columns, "none", 200).split("\n");
  expect(onOne).toHaveLength(3);
  expect(onOne[2]?.indexOf("2026")).toBe(onOne[1]?.indexOf("2026"));
});

it("breaks lines between words, and neither an address nor a command", ({ expect }) => {
  const url = `https://example.com/${"a".repeat(40)}`;
  expect(wrap(`See ${url} or run \`npx bugbot dlq list\` now.\nDone.`, 4, 30)).toBe(
    ["See", url, "or run", "`npx bugbot dlq list` now.", "Done."].join("\n    "),
  );
  expect(wrap("a  b", 0, 30)).toBe("a  b");
});

it("shows nothing that a terminal would act on", ({ expect }) => {
  const nasty = "a\u001b[31mb\u0007\u202Ec\r\nd";
  expect(oneLine(nasty)).toBe("a[31mbc d");
  expect(facts({ said: nasty })).not.toContain("\u001b");
  expect(table([nasty], [{ title: "SAID", cell: (row) => row }], "none")).toBe("SAID\na[31mbc d");
});

it("writes JSON that a terminal acts on no more, and that means the same", ({ expect }) => {
  const nasty = { said: "a\u001b[2J\u009b2J\u007f\u0085\u202e\u2066\u{e0041}\n割引 👩‍👩‍👧 é" };
  for (const written of [toJson(nasty), toJson([nasty], 2)]) {
    expect(written).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    expect(written).toContain("\\u009b2J");
    expect(written).toContain("割引 👩‍👩‍👧 é");
  }
  expect(JSON.parse(toJson(nasty))).toEqual(nasty);
  expect(JSON.parse(toJson([nasty], 2))).toEqual([nasty]);
});

it("says so when there is nothing", ({ expect }) => {
  expect(table([], [{ title: "ID", cell: String }], "Nothing yet.")).toBe("Nothing yet.");
});
