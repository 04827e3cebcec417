import type { Call } from "./calls.ts";
import { type Cell, cellsOf, titleOf } from "./cells.ts";
import { type ChaosWorld, createChaosWorld } from "./kill-container.ts";
import { type CommandName, recordRun, type Result, runCell } from "./run-cell.ts";

export interface Matrix {
  /** What a run without faults asks. */
  calls: Call[];
  /** With those that were not chosen. */
  cellCount: number;
  results: Result[];
}

/** Runs every cell, as many at once as there are worlds. Results are in the cells' order. */
export async function runMatrix(
  command: CommandName,
  worldCount: number,
  choose: (cells: Cell[]) => Cell[],
): Promise<Matrix> {
  const worlds: ChaosWorld[] = [];
  try {
    for (let count = 0; count < worldCount; count++) worlds.push(await createChaosWorld());
    const [first] = worlds;
    if (!first) throw new Error("no world");
    const calls = await recordRun(first, command);
    const all = cellsOf(calls);
    const cells = choose(all);
    const results: Result[] = [];
    let next = 0;
    await Promise.all(
      worlds.map(async (world) => {
        for (let at = next++; at < cells.length; at = next++) {
          const cell = cells[at];
          if (!cell) break;
          const startedAt = Date.now();
          const result = await runCell(world, command, cell, at % 2 === 0);
          results[at] = result;
          const seconds = Math.round((Date.now() - startedAt) / 1000);
          const trouble = result.problems.length > 0 ? `: ${result.problems.join("; ")}` : "";
          console.log(
            `${at + 1}/${cells.length} ${command}, ${titleOf(cell)}: ${result.kind} (${seconds} s)${trouble}`,
          );
        }
      }),
    );
    return { calls, cellCount: all.length, results };
  } finally {
    for (const world of worlds) await world.close();
  }
}
