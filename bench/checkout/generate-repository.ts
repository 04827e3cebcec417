import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import type { GitHub } from "../../local/github.ts";

export interface RepositorySize {
  files: number;
  commits: number;
  linesByFile: number;
}

const filesByCommit = 4;
const changedLines = 16;
const filesByFolder = 25;
const words = ["cart", "total", "price", "order", "item", "code", "user", "page", "list", "state", "value", "index"];

/** A repository of made-up source files with a past: each commit changes some lines of a few of them, as a host keeps it: packed. The same one each time. */
export async function generateRepository(github: GitHub, fullName: string, size: RepositorySize): Promise<void> {
  await github.seedRepository(fullName, { empty: true });
  const folder = join(github.folder, `${fullName}.git`);
  const random = seeded(size.files);
  const pick = (count: number) => Math.floor(random() * count);
  const line = (): string => {
    const [one, two, three] = [words[pick(12)], words[pick(12)], words[pick(12)]];
    return `  const ${one}${pick(1000)} = ${two}.${three}(${pick(100_000)});`;
  };
  const files = Array.from({ length: size.files }, (_, index) => ({
    path: `src/part-${Math.floor(index / filesByFolder)}/file-${index}.js`,
    lines: Array.from({ length: size.linesByFile }, line),
  }));

  const git = spawn("git", ["--git-dir", folder, "fast-import", "--quiet"], {
    stdio: ["pipe", "ignore", "inherit"],
  });
  const ended = once(git, "close");
  for (let commit = 0; commit <= size.commits; commit++) {
    const changed = commit === 0 ? files : Array.from({ length: filesByCommit }, () => files[pick(files.length)]);
    const parts = [
      `commit refs/heads/main\ncommitter Ada <ada@example.com> ${1_700_000_000 + commit * 60} +0000\n`,
      data(`Change number ${commit}`),
    ];
    for (const file of changed) {
      if (!file) continue;
      const start = pick(size.linesByFile - changedLines);
      if (commit > 0) file.lines.splice(start, changedLines, ...Array.from({ length: changedLines }, line));
      parts.push(`M 100644 inline ${file.path}\n`, data(`${file.lines.join("\n")}\n`));
    }
    if (!git.stdin.write(parts.join(""))) await once(git.stdin, "drain");
  }
  git.stdin.end();
  const [code] = await ended;
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
  await promisify(execFile)("git", ["--git-dir", folder, "repack", "-adfq"]);
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

/** https://en.wikipedia.org/wiki/Linear_congruential_generator, with the numbers of Numerical Recipes. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
