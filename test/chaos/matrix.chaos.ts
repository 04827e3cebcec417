import { describe, it } from "vitest";
import { sample } from "./cells.ts";
import { runMatrix } from "./run-matrix.ts";
import { writeReport } from "./write-report.ts";

const seed = 1;

/** A fix takes seconds of real work each time: only a share of its cells is run, the same ones every time. */
const plans = { contextualize: { worlds: 6, share: 1 }, fix: { worlds: 4, share: 0.08 } };

describe("the kill matrix", () => {
  it.for(["contextualize", "fix"] as const)("%s", async (command, { expect }) => {
    const { worlds, share } = plans[command];
    const matrix = await runMatrix(command, worlds, (cells) =>
      share === 1 ? cells : sample(cells, Math.round(cells.length * share), seed),
    );
    await writeReport(command, matrix);
    expect(matrix.results.filter(({ kind }) => kind === "violated")).toEqual([]);
  });
});
