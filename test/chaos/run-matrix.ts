import type { Call } from "./calls.ts";
import { type Cell, titleOf } from "./cells.ts";
import { type ChaosWorld, createChaosWorld } from "./chaos-world.ts";
import { type CommandName, recordRun, type Result, runCell } from "./run-cell.ts";

/** What a run without faults asks. */
export async function recordCalls(command: CommandName): Promise<Call[]> {
  const world = await createChaosWorld();
  try {
    return await recordRun(world, command);
  } finally {
    await world.close();
  }
}

/** Runs every cell, as many at once as there are worlds. Results are in the cells' order. */
export async function runCells(
  command: CommandName,
  worldCount: number,
  cells: readonly Cell[],
  keep: (result: Result) => Promise<void> = async () => undefined,
): Promise<Result[]> {
  const worlds: ChaosWorld[] = [];
  try {
    for (let count = 0; count < Math.min(worldCount, cells.length); count++) worlds.push(await createChaosWorld());
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
          await keep(result);
          const seconds = Math.round((Date.now() - startedAt) / 1000);
          const trouble = result.problems.length > 0 ? `: ${result.problems.join("; ")}` : "";
          console.log(
            `${at + 1}/${cells.length} ${command}, ${titleOf(cell)}: ${result.kind} (${seconds} s)${trouble}`,
          );
        }
      }),
    );
    return results;
  } finally {
    for (const world of worlds) await world.close();
  }
}
