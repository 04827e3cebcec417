import * as z from "zod/mini";
import { Failure } from "../../shared/failure.ts";
import { type EventPage, eventPageSchema, type Job } from "../../shared/job.ts";
import { vendorTimeoutMs } from "../../shared/limits.ts";
import type { Executor } from "./executor.ts";

/** The container server's job API, for one conversation. Methods throw `Failure`. */
export function createSandbox(executor: Executor, conversation: string) {
  async function request(path: string, timeoutMs: number, body?: unknown): Promise<Response> {
    try {
      return await executor.fetch(conversation, path, {
        signal: AbortSignal.timeout(timeoutMs),
        ...(body !== undefined && {
          method: "POST",
          body: JSON.stringify(body),
          headers: { "content-type": "application/json" },
        }),
      });
    } catch (cause) {
      throw new Failure("sandbox_unreachable", { reply: "The sandbox does not answer.", retry: true, cause });
    }
  }

  return {
    lend: (leaseId: string) => executor.lend(conversation, leaseId),

    /** A job that is known already goes on. */
    async start(job: Job): Promise<void> {
      // A container may have to be placed and booted first.
      const response = await request("/jobs", 90_000, job);
      if (response.ok) return;
      throw new Failure("sandbox_refused", {
        reply: `The sandbox did not take the job (HTTP ${response.status}).`,
        // 429: containers are started too fast.
        retry: response.status >= 500 || response.status === 429,
        cause: new Error((await response.text()).slice(0, 500)),
      });
    },

    /** Events after `after`, waiting up to `waitMs` for one. Undefined: the sandbox has lost this job. */
    async events(jobId: string, after: number, waitMs: number): Promise<EventPage | undefined> {
      const response = await request(`/jobs/${jobId}/events?after=${after}&waitMs=${waitMs}`, waitMs + vendorTimeoutMs);
      if (response.status === 404) return undefined;
      if (!response.ok)
        throw new Failure("sandbox_unreachable", {
          reply: `The sandbox has trouble (HTTP ${response.status}).`,
          retry: true,
        });
      return z.parse(eventPageSchema, await response.json());
    },

    /** False when there is no such job. */
    async stop(jobId: string): Promise<boolean> {
      const response = await request(`/jobs/${jobId}/stop`, vendorTimeoutMs, {});
      return response.ok;
    },
  };
}
export type JobSandbox = ReturnType<typeof createSandbox>;
