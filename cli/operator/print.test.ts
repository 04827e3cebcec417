import { it } from "vitest";
import { facts, fit, oneLine, table } from "./print.ts";

it("cuts the widest columns first, never an id, and never below what can be read", ({ expect }) => {
  expect(fit([10, 20, 100], [false, false, false], 80)).toEqual([10, 20, 46]);
  expect(fit([40, 30, 30], [true, false, false], 80)).toEqual([40, 18, 18]);
  expect(fit([90, 30], [true, false], 80)).toEqual([90, 8]);
  expect(fit([5, 5], [false, false], 80)).toEqual([5, 5]);
});

it("shows nothing that a terminal would act on", ({ expect }) => {
  const nasty = "a\u001b[31mb\u0007\u202Ec\r\nd";
  expect(oneLine(nasty)).toBe("a[31mbc d");
  expect(facts({ said: nasty })).not.toContain("\u001b");
  expect(table([nasty], [{ title: "SAID", cell: (row) => row }], "none")).toBe("SAID\na[31mbc d");
});

it("says so when there is nothing", ({ expect }) => {
  expect(table([], [{ title: "ID", cell: String }], "Nothing yet.")).toBe("Nothing yet.");
});
