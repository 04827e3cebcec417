import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
// oxlint-disable-next-line no-restricted-imports -- only tests import this file, and they may use the stand-ins
import { createAnthropic, type AnthropicOptions } from "../local/anthropic.ts";
import { eventPageSchema, type Job, type JobEvent, type Outcome } from "../shared/job.ts";
import { createJobs } from "./jobs.ts";
import { jobResources } from "./limits.ts";
import { serveJobs } from "./serve-jobs.ts";
import { createTestRemote } from "./test-remote.ts";
import type { Resources } from "./watch-resources.ts";

const bin = join(import.meta.dirname, "../node_modules/.bin");

export const canary = "canary-7f3a";
export const serverEnvironment = {
  PATH: `${bin}:${process.env["PATH"]}`,
  LANG: "C.UTF-8",
  BUGBOT_CANARY: canary,
  GITHUB_TOKEN: canary,
  ANTHROPIC_API_KEY: canary,
};

export interface WorldOptions {
  script: AnthropicOptions["script"];
  files?: Record<string, string>;
  prepare?: Parameters<typeof createTestRemote>[1];
  resources?: Partial<Resources>;
  keepsCheckout?: boolean;
}

const defaultFiles = { "src/cart.js": "export const total = 1;\n", "README.md": "# shop\n" };

/** A remote, a scripted model and a job server: everything real but the model. */
export async function createWorld({ script, files = defaultFiles, prepare, resources, keepsCheckout }: WorldOptions) {
  const remote = await createTestRemote(files, prepare);
  const anthropic = await createAnthropic({ apiKey: "placeholder", script });
  const workspace = await mkdtemp(join(tmpdir(), "bugbot-work-"));
  const jobs = createJobs({
    workspace,
    serverEnvironment,
    resources: { ...jobResources, ...resources },
    ...(keepsCheckout && { keepsCheckout }),
  });
  const server = serveJobs(jobs).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const url = `http://127.0.0.1:${address !== null && typeof address === "object" ? address.port : 0}`;

  const job = (changes: Partial<Job> = {}): Job => ({
    id: "job-1",
    remoteUrl: remote.url,
    baseBranch: "main",
    branch: "bugbot/one",
    commitSubject: "Fix the cart",
    prompt: "The total is wrong. Please fix it.",
    model: { name: "claude-sonnet-4-5", baseUrl: anthropic.url },
    allowedPaths: ["src/**"],
    limits: { wallClockMs: 50_000, maxTurns: 20, maxCostUsd: 10 },
    verify: { timeoutMs: 30_000 },
    ...changes,
  });
  const post = (path: string, body: unknown = {}): Promise<Response> =>
    fetch(`${url}${path}`, { method: "POST", body: JSON.stringify(body) });
  const read = async (id: string, after: number, waitMs = 10_000) =>
    eventPageSchema.parse(await (await fetch(`${url}/jobs/${id}/events?after=${after}&waitMs=${waitMs}`)).json());

  /** Reads the events of a job until one fits, or until the end. */
  async function follow(id: string, until: (event: JobEvent) => boolean = () => false): Promise<JobEvent[]> {
    const events: JobEvent[] = [];
    for (;;) {
      const page = await read(id, events.length);
      events.push(...page.events);
      if (page.done || page.events.some(until)) return events;
    }
  }

  async function outcomeOf(id: string): Promise<Outcome> {
    const last = (await follow(id)).at(-1);
    if (last?.kind !== "outcome") throw new Error("the job has no outcome");
    return last.outcome;
  }

  return {
    remote,
    anthropic,
    workspace,
    url,
    jobs,
    job,
    post,
    read,
    follow,
    outcomeOf,
    /** Runs one job to its end. */
    run: async (changes: Partial<Job> = {}): Promise<Outcome> => {
      const wanted = job(changes);
      await post("/jobs", wanted);
      return outcomeOf(wanted.id);
    },
    branches: () => remote.git(["for-each-ref", "--format=%(refname:short)"]).split("\n"),
    /** What the jobs left on the disk. */
    leftovers: () => readdir(workspace),
    close: async (): Promise<void> => {
      await jobs.close();
      server.close();
      server.closeAllConnections();
      await anthropic.close();
      remote.close();
      await rm(workspace, { recursive: true, force: true });
    },
  };
}
export type World = Awaited<ReturnType<typeof createWorld>>;
