import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createAnthropic } from "../../local/anthropic.ts";
import { startContainerServer } from "../../local/container-server.ts";
import { demoScript } from "../../local/demo-repository.ts";
import { freePort } from "../../local/free-port.ts";
import { createGitHub } from "../../local/github.ts";
import { standInCredentials } from "../../local/stand-ins.ts";
import { eventPageSchema, type Job, type Outcome } from "../../shared/job.ts";
import { demoJob, seedShop } from "../command/demo-job.ts";
import type { Cleanup } from "../report/cleanup.ts";
import type { Line, Section } from "../report/report.ts";
import { temporaryFolder } from "../report/temporary-folder.ts";

const maxMb = 120;
const jobTimeoutMs = 60_000;
/** Until a process that has nothing to do any more is at rest. */
const restMs = 1000;

/** The memory of the container's server while nothing runs. */
export async function measureContainer(cleanup: Cleanup): Promise<Section> {
  const title = "Container server at rest";
  if (!existsSync("/proc/self/status")) {
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
    () => createAnthropic({ apiKey: "placeholder", script: demoScript }),
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

async function residentMb(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024) / 1e6;
}
