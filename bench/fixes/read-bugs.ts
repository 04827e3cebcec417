import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { Script } from "../../local/anthropic.ts";
import type { Block } from "../../local/anthropic/response.ts";

/** A bug as a folder: the repository that has it, what people write of it, and the patch that a model would come to. */
export interface Bug {
  /** The repository is `acme/<name>`. */
  name: string;
  folder: string;
  /** A thread, oldest first; its last message mentions bugbot. */
  report: string[];
  /** What the model says at its end. */
  summary: string;
  /** Unified, with neither hashes nor the words after a hunk's `@@`. */
  patch: string;
  /** What becomes of the patch: a model may cheat. */
  proof: ExpectedProof;
}

export type ExpectedProof = keyof typeof expectedProofs;

/** Whether the pull request is a draft, and what it says; the words name the test. */
export const expectedProofs = {
  new_test: {
    isDraft: false,
    words: /Reproduced by a new test: with `(.+?)` `npm test` failed on the code before, and passes/,
  },
  edits_check: {
    isDraft: true,
    words: /The change edits its own check: `npm test` passes, but with `(.+?)` as before it fails/,
  },
};

const bugSchema = z.object({ proof: z.enum(["new_test", "edits_check"]) });

/** `bug.json`, of a bug whose patch is not proven by a new test. */
async function readProof(folder: string): Promise<ExpectedProof> {
  const file = join(folder, "bug.json");
  return existsSync(file) ? bugSchema.parse(JSON.parse(await readFile(file, "utf8"))).proof : "new_test";
}

export async function readBugs(): Promise<Bug[]> {
  const entries = await readdir(import.meta.dirname, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(names.toSorted().map(readBug));
}

async function readBug(name: string): Promise<Bug> {
  const folder = join(import.meta.dirname, name);
  const report = await readFile(join(folder, "report.md"), "utf8");
  const text = await readFile(join(folder, "fix.patch"), "utf8");
  const start = text.indexOf("diff --git ");
  return {
    name,
    folder: join(folder, "repository"),
    report: report.trim().split("\n---\n"),
    summary: text.slice(0, start).trim(),
    patch: text.slice(start),
    proof: await readProof(folder),
  };
}

/** A model that knows these bugs: it reads what it will change, sees the tests, makes the patch with its tools and tests again. */
export function scriptFor(bugs: readonly Bug[]): Script {
  return ({ prompt, turn, cwd }) => {
    const bug = bugs.find(({ name }) => prompt.includes(`acme/${name}`));
    if (!bug) return [{ text: "I do not know this bug." }];
    const runTests: Block[] = [{ tool: "Bash", input: { command: "npm test", description: "Run the tests" } }];
    switch (turn) {
      case 0:
        return filesOf(bug.patch).flatMap(({ path, isNew }) =>
          isNew ? [] : [{ tool: "Read", input: { file_path: `${cwd}/${path}` } }],
        );
      case 1:
      case 3:
        return runTests;
      case 2:
        return filesOf(bug.patch).flatMap((file) => changesOf(file, `${cwd}/${file.path}`));
      default:
        return [{ text: bug.summary }];
    }
  };
}

interface PatchedFile {
  path: string;
  isNew: boolean;
  /** The lines of each hunk, each with its ` `, `-` or `+`. */
  hunks: string[][];
}

function filesOf(patch: string): PatchedFile[] {
  return patch
    .split(/^diff --git /m)
    .slice(1)
    .map((text) => {
      const [head = "", ...hunks] = text.split(/^@@ .* @@\n/m);
      const path = /^\+\+\+ b\/(.*)$/m.exec(head)?.[1] ?? "";
      return { path, isNew: head.includes("\nnew file"), hunks: hunks.map((hunk) => hunk.trimEnd().split("\n")) };
    });
}

function changesOf({ isNew, hunks }: PatchedFile, file_path: string): Block[] {
  return hunks.map((lines) => {
    const [old_string, new_string] = [side(lines, "-"), side(lines, "+")];
    return isNew
      ? { tool: "Write", input: { file_path, content: new_string } }
      : { tool: "Edit", input: { file_path, old_string, new_string } };
  });
}

function side(lines: readonly string[], sign: "-" | "+"): string {
  const kept = lines.filter((line) => line === "" || line.startsWith(" ") || line.startsWith(sign));
  return kept.map((line) => `${line.slice(1)}\n`).join("");
}
