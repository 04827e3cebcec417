import { describe, it } from "vitest";
import { cellsOf, sample } from "./cells.ts";
import { recordCalls, runCells } from "./run-matrix.ts";

const seed = 20_261;

/** A few cells of the kill matrix, every vendor once; `npm run chaos` runs many more. A call that hangs is left out: it takes its time-out. */
describe("whatever fails once", () => {
  it.for([
    ["contextualize", 5],
    ["fix", 3],
  ] as const)(
    "%s makes nothing twice and has one last word",
    { timeout: 300_000 },
    async ([command, count], { expect }) => {
      const cells = cellsOf(await recordCalls(command)).filter(
        ({ call: { vendor }, fault }) =>
          fault !== "hang" && (command === "contextualize" || vendor === "git" || vendor === "model"),
      );
      const results = await runCells(command, 1, sample(cells, count, seed));
      expect(results.filter(({ kind }) => kind === "violated")).toEqual([]);
      expect(results.filter(({ kind }) => kind !== "missed").length).toBeGreaterThan(0);
    },
  );
});
