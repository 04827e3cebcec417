import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { Records } from "./history.ts";

const folder = join(import.meta.dirname, "recorded");
/** `approved`: a fix that somebody had to approve. `died`: one that failed, and `retried`: what **Retry** then did. */
export const historyNames = ["contextualize", "fix", "approved", "died", "retried"] as const;
const nameSchema = z.enum(historyNames);
export type HistoryName = z.infer<typeof nameSchema>;

const recordsSchema = z.record(z.string(), z.unknown());

export interface Version {
  /** As in `fix.1.json`. */
  file: string;
  command: HistoryName;
  records: Records;
}

/** What runs of earlier versions have recorded, as `npm run history` keeps it. */
export async function readVersions(): Promise<Version[]> {
  const number = (file: string) => Number(file.split(".")[1]);
  const files = (await readdir(folder)).toSorted((one, other) => number(one) - number(other));
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(folder, file), "utf8");
      const command = nameSchema.parse(file.split(".", 1)[0]);
      return { file, command, records: new Map(Object.entries(recordsSchema.parse(JSON.parse(text)))) };
    }),
  );
}

/** Keeps what this version records, beside what earlier ones did. */
export async function keepVersion(command: HistoryName, records: Records): Promise<void> {
  const versions = (await readVersions()).filter((version) => version.command === command);
  const next = Number(versions.at(-1)?.file.split(".")[1] ?? 0) + 1;
  const text = JSON.stringify(Object.fromEntries(records), null, 2);
  await writeFile(join(folder, `${command}.${next}.json`), `${text}\n`);
}
