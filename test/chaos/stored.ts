import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { projectRoot } from "../../local/project-root.ts";
import { vendors, type Call } from "./calls.ts";
import { deathNames, faultNames, titleOf } from "./cells.ts";
import { type CommandName, type Result, resultKinds } from "./run-cell.ts";

const folder = join(projectRoot, ".wrangler/chaos");
const callSchema = z.object({ vendor: z.enum(vendors), name: z.string(), nth: z.number(), isRead: z.boolean() });
const resultSchema = z.object({
  cell: z.object({ call: callSchema, fault: z.enum([...faultNames, ...deathNames]), afterEffect: z.boolean() }),
  kind: z.enum(resultKinds),
  outcome: z.string().optional(),
  problems: z.array(z.string()),
});

/** What was found of a command's cells so far, so that a matrix can be run in parts, and go on where it was broken off. */
export function createStored(command: CommandName) {
  const callsPath = join(folder, `${command}.calls.json`);
  const resultsPath = join(folder, `${command}.results.jsonl`);

  return {
    forget: async () => {
      await rm(callsPath, { force: true });
      await rm(resultsPath, { force: true });
    },

    /** The calls of the run without faults that all parts are about. */
    async calls(): Promise<Call[] | undefined> {
      const text = await readOr(callsPath, "");
      return text === "" ? undefined : z.array(callSchema).parse(JSON.parse(text));
    },

    async keepCalls(calls: readonly Call[]): Promise<void> {
      await mkdir(folder, { recursive: true });
      await writeFile(callsPath, JSON.stringify(calls, null, 2));
    },

    /** The last result of each cell, by its title. */
    async results(): Promise<ReadonlyMap<string, Result>> {
      const lines = (await readOr(resultsPath, "")).split("\n").filter((line) => line !== "");
      const results = lines.map((line) => resultSchema.parse(JSON.parse(line)));
      return new Map(results.map((result) => [titleOf(result.cell), result]));
    },

    keep: (result: Result): Promise<void> => appendFile(resultsPath, `${JSON.stringify(result)}\n`),
  };
}

function readOr(path: string, otherwise: string): Promise<string> {
  return readFile(path, "utf8").catch(() => otherwise);
}
