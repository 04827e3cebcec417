import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../../local/project-root.ts";
import { type Call, vendors } from "./calls.ts";
import { type Cell, cellsOf, deathNames, faultNames, titleOf } from "./cells.ts";
import { type CommandName, type Result, resultKinds } from "./run-cell.ts";

const path = join(projectRoot, "docs/reliability.md");

/** Puts a matrix's results in their place in `docs/reliability.md`. */
export async function writeReport(
  command: CommandName,
  calls: readonly Call[],
  found: ReadonlyMap<string, Result>,
): Promise<void> {
  const text = await readFile(path, "utf8");
  const [begin, end] = [`<!-- ${command}: written by npm run chaos -->`, `<!-- ${command}: end -->`];
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${path} has no place for ${command}`);
  await writeFile(path, `${before}${begin}\n\n${renderReport(calls, found)}\n\n${end}${after}`);
}

function renderReport(calls: readonly Call[], found: ReadonlyMap<string, Result>): string {
  const effects = calls.filter(({ isRead }) => !isRead).length;
  const cells = cellsOf(calls);
  const results = cells.flatMap((cell) => found.get(titleOf(cell)) ?? []);
  const violations = results.filter(({ kind }) => kind === "violated");
  const replayed = results.filter(({ kind }) => kind === "replayed");
  return [
    `A run without faults makes ${calls.length} calls, ${effects} of them with an effect: ${cells.length} cells, of which ${results.length} were run.`,
    table("fault at a call of", vendors, results, ({ cell }) => cell.call.vendor),
    table(
      "fault",
      new Set(
        [...faultNames, ...deathNames].flatMap((fault) =>
          [false, true].map((afterEffect) => whatAndWhen({ fault, afterEffect })),
        ),
      ),
      results,
      ({ cell }) => whatAndWhen(cell),
    ),
    "Honest failures, each made up for by **Retry** or `dlq replay`:",
    list(byFault(replayed)),
    "Violations:",
    list(violations.map(({ cell, problems }) => `${titleOf(cell)}: ${problems.join("; ")}`)),
  ].join("\n\n");
}

/** The call at which a container dies goes well. */
function whatAndWhen({ fault, afterEffect }: Pick<Cell, "fault" | "afterEffect">): string {
  return fault === "container killed" ? fault : `${fault}, ${afterEffect ? "after" : "before"} the effect`;
}

function table<Name extends string>(
  head: string,
  names: Iterable<Name>,
  results: readonly Result[],
  nameOf: (result: Result) => string,
): string {
  const rows = [...names].flatMap((name) => {
    const own = results.filter((result) => nameOf(result) === name);
    const counts = resultKinds.map((kind) => own.filter((result) => result.kind === kind).length);
    return own.length === 0 ? [] : [`| ${[name, own.length, ...counts].join(" | ")} |`];
  });
  return [
    `| ${head} | cells | succeeded | failed honestly, then succeeded | call not made | violated |`,
    "|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

/** One line for each fault: where it ended a command. */
function byFault(results: readonly Result[]): string[] {
  const groups = Map.groupBy(results, ({ cell, outcome }) => `${whatAndWhen(cell)} (${outcome})`);
  return [...groups].map(
    ([group, of]) =>
      `${group}: ${of.map(({ cell: { call } }) => `${call.vendor} ${call.name} #${call.nth}`).join("; ")}`,
  );
}

function list(lines: readonly string[]): string {
  return lines.length === 0 ? "None." : lines.map((line) => `- ${line}`).join("\n");
}
