import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { unstable_readConfig } from "wrangler";
import * as z from "zod";
import { workers } from "../../local/build-workers.ts";
import { projectRoot } from "../../local/project-root.ts";
import type { Cleanup } from "../report/cleanup.ts";
import type { Section, Size } from "../report/report.ts";
import { inMs, median } from "../report/statistics.ts";
import { temporaryFolder } from "../report/temporary-folder.ts";

const roundsOf = { full: 9, small: 1 };
const timeoutMs = 60_000;
const maxGzipKb = 60;
const maxStartupMs = 10;

/** V8 looks about every millisecond; what happened in a longer gap before a sample is not known. */
const maxSampleMs = 2;

/** https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile, times in microseconds. */
const profileSchema = z.object({
  nodes: z.array(z.object({ id: z.number(), callFrame: z.object({ functionName: z.string() }) })),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

/** How large the gateway's bundle is, and how long it takes to start, as wrangler tells it. */
export async function measureStartup(cleanup: Cleanup, size: Size): Promise<Section> {
  const rounds = roundsOf[size];
  const folder = await temporaryFolder(cleanup);
  const wrangler = createWrangler(folder, cleanup);

  const config = join(projectRoot, workers.gateway.config);
  const { compatibility_date: date = "" } = unstable_readConfig({ config });
  const gateway = join(folder, "gateway.bundle");
  const empty = join(folder, "empty.bundle");
  const printed = await wrangler(["deploy", "--dry-run", "--config", config, "--outfile", gateway]);
  const emptyWorker = join(import.meta.dirname, "empty-worker.js");
  const named = ["--name", "empty", "--compatibility-date", date];
  await wrangler(["deploy", emptyWorker, "--dry-run", ...named, "--outfile", empty]);

  const profile = join(folder, "profile.json");
  const measure = async (bundle: string) => {
    const words = await wrangler(["check", "startup", "--worker", bundle, "--outfile", profile]);
    const ranMs = scriptMs(profileSchema.parse(JSON.parse(await readFile(profile, "utf8"))));
    return { ranMs, activeMs: readNumber(words, /Active: ([\d.]+) ms/) };
  };
  const own = [];
  const beside = [];
  for (let round = 0; round < rounds; round++) {
    own.push(await measure(gateway));
    beside.push(await measure(empty));
  }

  const gzipKb = (readNumber(printed, /gzip: ([\d.]+) KiB/) * 1024) / 1000;
  const activeMs = median(own.map((round) => round.activeMs));
  return {
    title: "Gateway: size and startup",
    lines: [
      {
        what: "bundle, gzip",
        measured: `${gzipKb.toFixed(1)} kB`,
        ratio: gzipKb / maxGzipKb,
        target: `≤ ${maxGzipKb} kB`,
        met: gzipKb <= maxGzipKb,
      },
      {
        what: "startup, as wrangler counts it",
        measured: inMs(activeMs),
        comparison: `an empty Worker: ${inMs(median(beside.map((round) => round.activeMs)))}`,
        ratio: activeMs / maxStartupMs,
        target: `< ${maxStartupMs} ms`,
        met: activeMs < maxStartupMs,
      },
      {
        what: "of it, script seen running",
        measured: inMs(median(own.map(({ ranMs }) => ranMs))),
        comparison: `an empty Worker: ${inMs(median(beside.map(({ ranMs }) => ranMs)))}`,
      },
    ],
    notes: [
      `From \`wrangler check startup\`, offline, median of ${rounds} alternating rounds each. Ratios are shares of the target.`,
      `"Active" charges the first sample with all the time since the one before; "seen running" counts a sample for at most ${maxSampleMs} ms.`,
    ],
  };
}

/** How long the profile shows script, compiler or collector at work. */
function scriptMs({ nodes, samples, timeDeltas }: z.infer<typeof profileSchema>): number {
  const idle = new Set(nodes.filter(({ callFrame }) => callFrame.functionName === "(idle)").map(({ id }) => id));
  const spent = samples.map((node, index) =>
    idle.has(node) ? 0 : Math.min((timeDeltas[index] ?? 0) / 1000, maxSampleMs),
  );
  return spent.reduce((sum, ms) => sum + ms, 0);
}

/** Runs wrangler in `folder`, away from any project. Answers what it printed. */
function createWrangler(folder: string, cleanup: Cleanup) {
  const path = join(projectRoot, "node_modules/wrangler/bin/wrangler.js");
  const quiet = { WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true", CI: "1" };
  const env = { ...process.env, ...quiet, WRANGLER_LOG_PATH: join(folder, "logs") };
  return async (args: string[]): Promise<string> => {
    const options = { cwd: folder, env, timeout: timeoutMs };
    const { stdout } = await cleanup.start(() => promisify(execFile)(process.execPath, [path, ...args], options));
    return stdout;
  };
}

function readNumber(words: string, pattern: RegExp): number {
  const [, digits] = pattern.exec(words) ?? [];
  if (digits === undefined) throw new Error(`wrangler printed no ${pattern.source}:\n${words}`);
  return Number(digits);
}
