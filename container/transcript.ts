import { constants } from "node:fs";
import { mkdir, open, realpath, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod/mini";
import { maxTranscriptBytes } from "./limits.ts";

/** Stands for the job's folder in a transcript that is put away: the next run has another one. */
const folderName = "/bugbot-job-folder";

/** Where Claude Code keeps a session: its working directory, with a dash for every other character, names the folder. */
function transcriptPath(folder: string, repository: string, session: string): string {
  return join(folder, "claude/projects", repository.replaceAll(/[^a-zA-Z0-9]/g, "-"), `${session}.jsonl`);
}

/** Undefined where there is none, or it is too large, or the agent put something else in its place. */
export async function readTranscript(folder: string, repository: string, session: string): Promise<string | undefined> {
  const path = transcriptPath(folder, repository, session);
  if ((await realpath(path).catch(() => "")) !== path) return undefined;
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  if (!file) return undefined;
  try {
    const { size, isFile } = await file.stat().then((stat) => ({ size: stat.size, isFile: stat.isFile() }));
    if (!isFile || size > maxTranscriptBytes) return undefined;
    const lines = (await file.readFile("utf8")).split("\n").filter((line) => isKept(line));
    return lines.length > 0 ? `${lines.join("\n")}\n`.replaceAll(folder, folderName) : undefined;
  } finally {
    await file.close();
  }
}

/** Puts a transcript where `claude --resume` looks for it. */
export async function writeTranscript(
  folder: string,
  repository: string,
  { id, transcript }: { id: string; transcript: string },
): Promise<void> {
  const path = transcriptPath(folder, repository, id);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, transcript.replaceAll(folderName, folder), { flag: "wx" });
}

/** A line cut off by the run's end is none. Without the lines about cost, Claude Code counts each run from zero. */
function isKept(line: string): boolean {
  try {
    const { type } = z.looseObject({ type: z.optional(z.string()) }).parse(JSON.parse(line));
    return type !== "cost-state";
  } catch {
    return false;
  }
}
