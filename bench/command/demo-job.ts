import { join } from "node:path";
import type { GitHub } from "../../local/github.ts";
import { projectRoot } from "../../local/project-root.ts";
import { demoReport, demoRepository } from "../../local/demo-repository.ts";
import type { Job } from "../../shared/job.ts";
import { defaultAllowedPaths, defaultModel, runLimits, verifyTimeoutMs } from "../../shared/limits.ts";
import { writePrompt } from "../../shared/prompt.ts";

/** A repository of its own for each run, so that no run pays for the branches and pull requests of the runs before it. */
export async function seedShop(github: GitHub, name: string): Promise<string> {
  const repository = `${demoRepository}-${name}`;
  await github.seedRepository(repository, { fromFolder: join(projectRoot, "local/shop") });
  return repository;
}

export function reportOn(repository: string): string {
  return demoReport.replace(demoRepository, repository);
}

export interface Place {
  repository: string;
  remoteUrl: string;
  modelUrl: string;
}

/** The demo's bug as a job for the container, with the limits and the prompt bugbot would give it. */
export function demoJob({ repository, remoteUrl, modelUrl }: Place): Job {
  const { maxMinutes, maxTurns, maxCostUsd } = runLimits;
  const reported = [{ source: "chat message by U0ALICE", text: reportOn(repository) }];
  return {
    id: "bench",
    remoteUrl,
    baseBranch: "main",
    branch: "bugbot/bench",
    commitSubject: "fix: the discount",
    prompt: writePrompt({ repository, reported, allowedPaths: defaultAllowedPaths }),
    model: { name: defaultModel, baseUrl: modelUrl },
    allowedPaths: defaultAllowedPaths,
    limits: { wallClockMs: maxMinutes * 60_000, maxTurns, maxCostUsd },
    verify: { timeoutMs: verifyTimeoutMs },
  };
}
