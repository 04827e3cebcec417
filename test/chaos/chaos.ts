import { spawnSync } from "node:child_process";
import { InvalidArgumentError, Option } from "commander";
import * as z from "zod";
import { wholeNumber } from "../../cli/parse-option.ts";
import { createScript } from "../../local/script.ts";

/** Each part has a process of its own: one that has held many worlds takes ever longer to start git, for all it holds is mapped anew. */
const parts = 20;

/** `npm run chaos`: the kill matrix, or a part of it. */
const program = createScript(
  "run chaos",
  "Breaks every outside call of a command, and writes what came of it into docs/reliability.md.",
)
  .addOption(new Option("--command <name>", "only this command").choices(["contextualize", "fix"]))
  .option("--shard <part>", "only one part of all cells, as 2/6", readShard)
  .option("--only <words>", "only cells with these words in their title; also those that were run before")
  .option("--worlds <count>", "cells at once", wholeNumber(1, 100), 4)
  .option("--fresh", "forget what earlier runs found; without it only cells that were not run yet are run")
  .parse();

const chosen = z
  .looseObject({
    shard: z.tuple([z.number(), z.number()]).default([1, 1]),
    only: z.string().optional(),
    fresh: z.boolean().default(false),
  })
  .parse(program.opts());
const [first, step] = chosen.shard;
const among = chosen.only === undefined ? parts : 1;
for (let part = 0; part < among; part++) {
  const CHAOS = JSON.stringify({
    ...chosen,
    shard: [first + step * part, step * among],
    fresh: chosen.fresh && part === 0,
  });
  const { status, signal } = spawnSync("vitest", ["run", "--config", "vitest.chaos.config.ts"], {
    stdio: "inherit",
    env: { ...process.env, CHAOS },
  });
  if (status !== 0) process.exitCode = status ?? 1;
  if (signal !== null) break;
}

function readShard(text: string): [number, number] {
  const [, part, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (!part || !of || Number(part) < 1 || Number(part) > Number(of)) throw new InvalidArgumentError("Write it as 2/6.");
  return [Number(part), Number(of)];
}
