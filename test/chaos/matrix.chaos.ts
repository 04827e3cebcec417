import { describe, it } from "vitest";
import * as z from "zod";
import { cellsOf, titleOf } from "./cells.ts";
import { commandNames } from "./run-cell.ts";
import { recordCalls, runCells } from "./run-matrix.ts";
import { createStored } from "./stored.ts";
import { writeReport } from "./write-report.ts";

const chosen = z
  .object({
    command: z.enum(commandNames).optional(),
    shard: z.tuple([z.number(), z.number()]).default([1, 1]),
    only: z.string().optional(),
    worlds: z.number().default(4),
    fresh: z.boolean().default(false),
  })
  .parse(JSON.parse(process.env["CHAOS"] ?? "{}"));

describe("the kill matrix", () => {
  it.for(commandNames.filter((name) => (chosen.command ?? name) === name))("%s", async (command, { expect }) => {
    const { shard, only, worlds, fresh } = chosen;
    const [part, parts] = shard;
    const stored = createStored(command);
    if (fresh) await stored.forget();
    const calls = (await stored.calls()) ?? (await recordCalls(command));
    await stored.keepCalls(calls);
    const found = await stored.results();
    const cells = cellsOf(calls)
      .filter((_cell, at) => at % parts === part - 1)
      .filter((cell) => (only === undefined ? !found.has(titleOf(cell)) : titleOf(cell).includes(only)));
    const results = await runCells(command, worlds, cells, (result) => stored.keep(result));
    await writeReport(command, calls, await stored.results());
    expect(results.filter(({ kind }) => kind === "violated")).toEqual([]);
  });
});
