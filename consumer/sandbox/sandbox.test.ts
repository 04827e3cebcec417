import { it } from "vitest";
import type { Job } from "../../shared/job.ts";
import { createSandbox } from "./sandbox.ts";

const job: Job = {
  id: "job-1",
  remoteUrl: "https://github.com/acme/shop.git",
  baseBranch: "main",
  branch: "bugbot/bug-1",
  commitSubject: "fix: it",
  prompt: "Fix it.",
  model: { name: "sonnet", baseUrl: "https://api.anthropic.com" },
  allowedPaths: ["src/**"],
  limits: { wallClockMs: 1, maxTurns: 1, maxCostUsd: 1 },
  verify: { timeoutMs: 1 },
};

it.for([
  ["no container is free", 503, true],
  ["containers are started too fast", 429, true],
  ["the container crashed", 500, true],
  ["the job is not one", 400, false],
] as const)("may try again to start a job when %s: HTTP %i, %s", async ([, status, retry], { expect }) => {
  const sandbox = createSandbox(
    {
      lend: () => Promise.resolve({ modelUrl: "", gitUrl: "", registryUrl: () => "" }),
      fetch: () => Promise.resolve(new Response("no", { status })),
    },
    "thread",
  );
  await expect(sandbox.start(job)).rejects.toMatchObject({ code: "sandbox_refused", retry });
});
