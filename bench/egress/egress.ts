import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { workers } from "../../local/build-workers.ts";
import { demoRepository, seedDemoRepository } from "../../local/demo-repository.ts";
import { startStack } from "../../local/stack.ts";
import { standInCredentials } from "../../local/stand-ins.ts";
import { lend } from "../../test/egress-lease.ts";
import type { Cleanup } from "../report/cleanup.ts";
import type { Line, Section, Size } from "../report/report.ts";
import { inMs, median } from "../report/statistics.ts";
import { temporaryFolder } from "../report/temporary-folder.ts";
import { canWatchMemory, watchMemory } from "../report/watch-memory.ts";

const run = promisify(execFile);
const sizes = {
  full: { pushMb: 100, pushRounds: 2, words: 20_000, answerRounds: 9 },
  small: { pushMb: 1, pushRounds: 1, words: 3000, answerRounds: 1 },
};
/** What workerd may grow by while a hundred megabytes pass. */
const maxGrowthMb = 64;

/** What the egress costs: a large push and a long answer through it, beside the same without it. */
export async function measureEgress(cleanup: Cleanup, size: Size): Promise<Section> {
  const { pushMb, pushRounds, words, answerRounds } = sizes[size];
  const stack = await cleanup.start(
    () => startStack({ variables: {}, script: () => [{ text: "and so on ".repeat(words / 3) }] }),
    (started) => started.close(),
  );
  const { github, anthropic } = stack.standIns;
  if (!github || !anthropic) throw new Error("a stand-in is missing");
  await seedDemoRepository(github);
  const world = {
    database: () => stack.workers.getD1Database("DB", workers.consumer.name),
    egressUrl: stack.egressUrl,
    repository: demoRepository,
    until: async <T>(find: () => T | undefined | Promise<T | undefined>): Promise<T> => {
      for (;;) {
        const found = await find();
        if (found !== undefined) return found;
      }
    },
  };
  const pid = await findWorkerd();

  const direct = new URL(`${github.url}/${demoRepository}.git`);
  direct.username = "x-access-token";
  direct.password = standInCredentials.githubToken;
  const folder = await temporaryFolder(cleanup);
  const git = async (...args: string[]) =>
    (await run("git", ["-C", folder, "-c", "user.name=x", "-c", "user.email=x", ...args])).stdout.trim();
  await run("git", ["clone", "-q", direct.href, folder]);
  await git("config", "core.bigFileThreshold", "1m");
  let commits = 0;
  /** A commit that nobody has yet, of random bytes. */
  async function commit(): Promise<string> {
    await writeFile(join(folder, "large.bin"), randomBytes(pushMb * 1024 * 1024));
    const blob = await git("hash-object", "-w", "large.bin");
    await git("update-index", "--add", "--cacheinfo", `100644,${blob},src/large-${(commits += 1)}.bin`);
    return git("commit-tree", await git("write-tree"), "-p", "origin/main", "-m", "large");
  }
  async function push(remote: string, branch: string): Promise<number> {
    const id = await commit();
    const startedAt = performance.now();
    await git("push", "-q", remote, `${id}:refs/heads/${branch}`);
    return performance.now() - startedAt;
  }

  const pushes: number[] = [];
  const directPushes: number[] = [];
  let growth = 0;
  await push((await lend(world, { branch: "bugbot/warm-up" })).git, "bugbot/warm-up");
  for (let round = 0; round < pushRounds; round++) {
    const branch = `bugbot/large-${round}`;
    const lease = await lend(world, { branch });
    directPushes.push(await push(direct.href, `direct-${round}`));
    const watched = await watchMemory(pid, () => push(lease.git, branch));
    pushes.push(watched.result);
    growth = Math.max(growth, watched.growthMb);
  }

  const body = { stream: true, max_tokens: 100_000, messages: [{ role: "user", content: "Go on." }] };
  const read = async (asking: Promise<Response>): Promise<number> => {
    const startedAt = performance.now();
    const response = await asking;
    if (!response.ok) throw new Error(`the model answered ${response.status}`);
    await response.text();
    return performance.now() - startedAt;
  };
  const askDirectly = () =>
    fetch(`${anthropic.url}/v1/messages`, {
      method: "POST",
      headers: {
        "x-api-key": standInCredentials.anthropicKey,
        "anthropic-version": "2023-06-01",
        "content-type": "application/json",
      },
      body: JSON.stringify({ model: "claude-sonnet-5-5", tools: [{ name: "Read" }], ...body }),
    });
  const answers: number[] = [];
  const directAnswers: number[] = [];
  const lease = await lend(world, { maxUsd: 1000 });
  const watched = await watchMemory(pid, async () => {
    for (let round = 0; round < answerRounds; round++) {
      directAnswers.push(await read(askDirectly()));
      answers.push(await read(lease.ask(body)));
    }
  });
  const { spent_micro_usd: spent, calls } = await lease.spent();
  const tokens = spent / calls / 10;

  const memory = (what: string, mb: number): Line =>
    Number.isNaN(mb)
      ? { what, measured: "not measured: Linux only" }
      : {
          what,
          measured: `+${mb.toFixed(1)} MB`,
          ratio: mb / maxGrowthMb,
          target: `≤ ${maxGrowthMb} MB`,
          met: mb <= maxGrowthMb,
        };
  const overhead = (own: readonly number[], beside: readonly number[]) => median(own) - median(beside);
  return {
    title: "Egress: what passes it",
    lines: [
      {
        what: `git push of ${pushMb} MB`,
        measured: inMs(median(pushes)),
        comparison: `without: ${inMs(median(directPushes))}`,
        ratio: median(pushes) / median(directPushes),
      },
      { what: "  more for each MB", measured: inMs(overhead(pushes, directPushes) / pushMb) },
      memory("  workerd's memory while it passes", growth),
      {
        what: `a streamed answer, about ${Math.round(tokens)} tokens`,
        measured: inMs(median(answers)),
        comparison: `without: ${inMs(median(directAnswers))}`,
        ratio: median(answers) / median(directAnswers),
      },
      { what: "  more for each 1,000 tokens", measured: inMs((overhead(answers, directAnswers) / tokens) * 1000) },
      memory("  workerd's memory while they pass", watched.growthMb),
    ],
    notes: [
      `${pushRounds} pushes of random bytes and ${answerRounds} answers, alternating, medians, after a push to warm up. The stand-in sends an answer as fast as it is read; a model takes some 10 s for 1,000 tokens.`,
      "An answer through the egress includes two writes to D1. Ratios of memory are shares of the target.",
    ],
  };
}

/** The process that runs both Workers; undefined where processes cannot be looked at. */
async function findWorkerd(): Promise<number | undefined> {
  if (!canWatchMemory) return undefined;
  for (const name of await readdir("/proc")) {
    const status = /^\d+$/.test(name) ? await readFile(`/proc/${name}/status`, "utf8").catch(() => "") : "";
    if (status.includes(`PPid:\t${process.pid}\n`) && status.startsWith("Name:\tworkerd")) return Number(name);
  }
  return undefined;
}
