import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { checkOut } from "../../container/checkout.ts";
import { createEnvironment } from "../../container/environment.ts";
import { createGit } from "../../container/git.ts";
import { createShelf } from "../../container/shelf.ts";
import { createGitHub } from "../../local/github.ts";
import { standInCredentials } from "../../local/stand-ins.ts";
import { demoJob } from "../command/demo-job.ts";
import type { Cleanup } from "../report/cleanup.ts";
import type { Line, Section, Size } from "../report/report.ts";
import { inMs, median, medianRatio } from "../report/statistics.ts";
import { temporaryFolder } from "../report/temporary-folder.ts";
import { generateRepository, type RepositorySize } from "./generate-repository.ts";

/**
 * The small one has as many commits, objects and lines for each file as vuejs/core (705 files of 8.9 kB, 7,157 commits, 69,000 objects).
 * The large one is lighter than its like: vercel/next.js and mui/material-ui, with pull requests, take more than 1 GB each.
 */
const sizesOf: Readonly<Record<Size, readonly (RepositorySize & { rounds: number; target: number })[]>> = {
  full: [
    { files: 500, commits: 5_000, linesByFile: 250, rounds: 7, target: 0.6 },
    { files: 20_000, commits: 30_000, linesByFile: 40, rounds: 3, target: 0.3 },
  ],
  small: [{ files: 30, commits: 20, linesByFile: 40, rounds: 1, target: 0.6 }],
};

/** Where files cost next to nothing: on a disk they cost both sides the same, and more than all else. */
const memory = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** What stands before the agent's work: the run's checkout, beside a full `git clone` of the same repository. */
export async function measureCheckout(cleanup: Cleanup, size: Size): Promise<Section> {
  const { githubToken } = standInCredentials;
  const github = await cleanup.start(
    () => createGitHub({ token: githubToken }),
    (started) => started.close(),
  );
  const folder = await temporaryFolder(cleanup, memory);
  const environment = await createEnvironment(process.env, folder);

  /** Milliseconds, in a folder of its own. What `work` answers, if it is to be done, is not measured. */
  async function time(work: (folder: string) => Promise<unknown>): Promise<number> {
    const own = await mkdtemp(join(folder, "round-"));
    const startedAt = performance.now();
    const rest = await work(own);
    const passed = performance.now() - startedAt;
    if (typeof rest === "function") await rest();
    await rm(own, { recursive: true });
    return passed;
  }

  const lines: Line[] = [];
  for (const made of sizesOf[size]) {
    const repository = `acme/files-${made.files}`;
    await generateRepository(github, repository, made);
    const remote = new URL(`${github.url}/${repository}.git`);
    remote.username = "x-access-token";
    remote.password = githubToken;
    const job = demoJob({ repository, remoteUrl: remote.href, modelUrl: "http://127.0.0.1" });
    const git = createGit(folder, environment, new AbortController().signal);
    const ours: number[] = [];
    const clones: number[] = [];
    const followUps: number[] = [];
    for (let round = 0; round <= made.rounds; round++) {
      const shelf = createShelf(folder);
      const own = await time(async (into) => {
        const checkout = await checkOut(job, into, git);
        return () => shelf.leave(job, checkout);
      });
      const followUp = await time((into) => checkOut(job, into, git, shelf));
      const clone = await time((into) =>
        promisify(execFile)("git", ["clone", "--quiet", remote.href, join(into, "repo")], { env: environment }),
      );
      // The first round warms up.
      if (round === 0) continue;
      ours.push(own);
      clones.push(clone);
      followUps.push(followUp);
    }
    const ratio = medianRatio(ours, clones);
    lines.push(
      {
        what: `${made.files} files, ${made.commits} commits`,
        measured: inMs(median(ours)),
        comparison: `git clone: ${inMs(median(clones))}`,
        ratio,
        target: `≤ ${made.target}`,
        met: ratio <= made.target,
      },
      {
        what: "  a follow-up in the same container",
        measured: inMs(median(followUps)),
        comparison: `first run: ${inMs(median(ours))}`,
        ratio: medianRatio(followUps, ours),
      },
    );
  }
  return {
    title: "Checkout: ready for the agent",
    lines,
    notes: [
      "Generated repositories behind git http-backend on this machine: no network lies between, so only work is saved here, not the transfer of the history.",
      `The files are made in ${memory}: on a slow disk, making them takes both sides more than all else.`,
    ],
  };
}
