import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../../local/project-root.ts";
import { vendors } from "./calls.ts";
import { faultNames, titleOf } from "./cells.ts";
import type { CommandName, Result } from "./run-cell.ts";
import type { Matrix } from "./run-matrix.ts";

const path = join(projectRoot, "docs/reliability.md");

/** Puts a matrix's results in their place in `docs/reliability.md`. */
export async function writeReport(command: CommandName, matrix: Matrix): Promise<void> {
  const text = await readFile(path, "utf8");
  const [begin, end] = [`<!-- ${command}: written by npm run chaos -->`, `<!-- ${command}: end -->`];
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${path} has no place for ${command}`);
  await writeFile(path, `${before}${begin}\n\n${renderReport(matrix)}\n\n${end}${after}`);
}

function renderReport({ calls, cellCount, results }: Matrix): string {
  const effects = calls.filter(({ isRead }) => !isRead).length;
  const violations = results.filter(({ kind }) => kind === "violated");
  const replayed = results.filter(({ kind }) => kind === "replayed");
  return [
    `A run without faults makes ${calls.length} calls, ${effects} of them with an effect: ${cellCount} cells, of which ${results.length} were run.`,
    table(
      "fault at a call of",
      vendors,
      results,
      (result) => result.cell.call.vendor,
      (vendor) => vendor,
    ),
    table(
      "fault",
      [...faultNames, "container killed"].flatMap((fault) => [
        `${fault}, before the effect`,
        `${fault}, after the effect`,
      ]),
      results,
      ({ cell }) => `${cell.fault}, ${cell.afterEffect ? "after" : "before"} the effect`,
      (name) => name,
    ),
    "Honest failures, each made up for by **Retry** or `dlq replay`:",
    list(replayed.map(({ cell, outcome }) => `${titleOf(cell)}: ${outcome}`)),
    "Violations:",
    list(violations.map(({ cell, problems }) => `${titleOf(cell)}: ${problems.join("; ")}`)),
  ].join("\n\n");
}

function table<Name extends string>(
  head: string,
  names: readonly Name[],
  results: readonly Result[],
  nameOf: (result: Result) => string,
  show: (name: Name) => string,
): string {
  const kinds = ["succeeded", "replayed", "missed", "violated"] as const;
  const rows = names.flatMap((name) => {
    const own = results.filter((result) => nameOf(result) === name);
    const counts = kinds.map((kind) => own.filter((result) => result.kind === kind).length);
    return own.length === 0 ? [] : [`| ${[show(name), own.length, ...counts].join(" | ")} |`];
  });
  return [
    `| ${head} | cells | succeeded | failed honestly, then succeeded | call not made | violated |`,
    "|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function list(lines: readonly string[]): string {
  return lines.length === 0 ? "None." : lines.map((line) => `- ${line}`).join("\n");
}
