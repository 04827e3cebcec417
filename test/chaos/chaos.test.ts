import { describe, it } from "vitest";
import { sample } from "./cells.ts";
import { runMatrix } from "./run-matrix.ts";

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
      const { results } = await runMatrix(command, 1, (cells) =>
        sample(
          cells.filter(
            ({ call: { vendor }, fault }) =>
              fault !== "hang" && (command === "contextualize" || vendor === "git" || vendor === "model"),
          ),
          count,
          seed,
        ),
      );
      expect(results.filter(({ kind }) => kind === "violated")).toEqual([]);
      expect(results.filter(({ kind }) => kind !== "missed").length).toBeGreaterThan(0);
    },
  );
});
