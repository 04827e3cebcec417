import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createAnthropic, type Script } from "../../local/anthropic.ts";
import { startContainerServer } from "../../local/container-server.ts";
import { demoScript } from "../../local/demo-repository.ts";
import { freePort } from "../../local/free-port.ts";
import { createGitHub } from "../../local/github.ts";
import { standInCredentials } from "../../local/stand-ins.ts";
import { eventPageSchema, type Job, type Outcome } from "../../shared/job.ts";
import { demoJob, seedShop } from "../command/demo-job.ts";
import type { Cleanup } from "../report/cleanup.ts";
import type { Line, Section, Size } from "../report/report.ts";
import { temporaryFolder } from "../report/temporary-folder.ts";
import { canWatchMemory, residentMb, watchMemory } from "../report/watch-memory.ts";

const maxMb = 120;
const jobTimeoutMs = 120_000;
const pushMbOf = { full: 100, small: 1 };
/** What the server may grow by while its git pushes that: its output alone passes through the server. */
const maxGrowthMb = 32;
/** Makes a large file of random bytes where it is asked to, and repairs the shop otherwise. */
function scriptOf(pushMb: number): Script {
  const command = `head -c ${pushMb * 1024 * 1024} /dev/urandom > src/large.bin`;
  return (call) => {
    if (!call.prompt.includes("large")) return demoScript(call);
    return call.turn === 0 ? [{ tool: "Bash", input: { command, description: "Make it" } }] : [{ text: "Done." }];
  };
}

/** Until a process that has nothing to do any more is at rest. */
const restMs = 1000;

/** The memory of the container's server while nothing runs, and while a large change passes it. */
export async function measureContainer(cleanup: Cleanup, size: Size): Promise<Section> {
  const pushMb = pushMbOf[size];
  const title = "Container server";
  if (!canWatchMemory) {
    return { title, lines: [{ what: "VmRSS", measured: "not measured: Linux only" }], notes: [] };
  }
  const workspace = join(await temporaryFolder(cleanup), "workspace");
  const port = await freePort();
  const server = await cleanup.start(
    () => startContainerServer({ port, workspace }),
    (started) => started.close(),
  );
  await wait(restMs);
  const booted = await residentMb(server.pid);

  // The container holds no key: what the egress would put in its place is given to the stand-ins instead.
  const anthropic = await cleanup.start(
    () => createAnthropic({ apiKey: "placeholder", script: scriptOf(pushMb) }),
    (started) => started.close(),
  );
  const github = await cleanup.start(
    () => createGitHub({ token: standInCredentials.githubToken }),
    (started) => started.close(),
  );
  const repository = await seedShop(github, "job");
  const remote = new URL(`${github.url}/${repository}.git`);
  remote.username = "x-access-token";
  remote.password = standInCredentials.githubToken;
  const job = demoJob({ repository, remoteUrl: remote.href, modelUrl: anthropic.url });
  const outcome = await runJob(server.url, job);
  if (outcome.kind !== "pushed") throw new Error(`the job did not push: ${JSON.stringify(outcome)}`);
  await wait(restMs);

  const line = (what: string, mb: number): Line => ({
    what,
    measured: `${mb.toFixed(1)} MB`,
    ratio: mb / maxMb,
    target: `≤ ${maxMb} MB`,
    met: mb <= maxMb,
  });
  const lines = [line("VmRSS after its start", booted), line("VmRSS after one job", await residentMb(server.pid))];

  const large = {
    ...job,
    id: "large",
    branch: "bugbot/large",
    prompt: "A large file.",
    verify: { command: "true", timeoutMs: 1000 },
  };
  const { result, growthMb } = await watchMemory(server.pid, () => runJob(server.url, large));
  if (result.kind !== "pushed") throw new Error(`the large job did not push: ${JSON.stringify(result)}`);
  lines.push({
    what: `  more while a job pushes ${pushMb} MB`,
    measured: `+${growthMb.toFixed(1)} MB`,
    ratio: growthMb / maxGrowthMb,
    target: `≤ ${maxGrowthMb} MB`,
    met: growthMb <= maxGrowthMb,
  });
  return { title, lines, notes: ["Ratios are shares of the target. The agent's own processes are gone by then."] };
}

async function runJob(url: string, job: Job): Promise<Outcome> {
  const signal = AbortSignal.timeout(jobTimeoutMs);
  await fetch(`${url}/jobs`, { method: "POST", body: JSON.stringify(job), signal });
  for (let after = 0; ;) {
    const response = await fetch(`${url}/jobs/${job.id}/events?after=${after}&waitMs=5000`, { signal });
    const { events } = eventPageSchema.parse(await response.json());
    const last = events.at(-1);
    if (last?.kind === "outcome") return last.outcome;
    after = last?.seq ?? after;
  }
}
