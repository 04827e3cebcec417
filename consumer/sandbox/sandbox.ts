import * as z from "zod/mini";
import { Failure } from "../../shared/failure.ts";
import { type EventPage, eventPageSchema, type Job } from "../../shared/job.ts";
import { maxCheckpointBytes, vendorTimeoutMs } from "../../shared/limits.ts";
import { limitBody } from "../clients/limit-body.ts";
import { asItIs, type Redact, redactJson } from "../../shared/redact.ts";
import { callSignal } from "../attempt.ts";
import type { Executor } from "./executor.ts";

/** The container server's job API, for one conversation. What a run says is heard without secrets. Methods throw `Failure`. */
export function createSandbox(executor: Executor, conversation: string, redact: Redact = asItIs) {
  async function request(path: string, timeoutMs: number, body?: unknown): Promise<Response> {
    const headers = { "content-type": "application/json" };
    return send(path, timeoutMs, body === undefined ? {} : { method: "POST", body: JSON.stringify(body), headers });
  }

  async function send(path: string, timeoutMs: number, init: RequestInit): Promise<Response> {
    try {
      return await executor.fetch(conversation, path, { signal: callSignal(timeoutMs), ...init });
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
      return z.parse(eventPageSchema, redactJson(await response.json(), redact));
    },

    /** Says more to a running job, once per message. False where it does not listen: it is not there yet, or has answered. */
    async say(jobId: string, message: { id: string; text: string }): Promise<boolean> {
      const response = await request(`/jobs/${jobId}/messages`, vendorTimeoutMs, message);
      if (response.ok) return true;
      if (response.status === 404 || response.status === 409) return false;
      throw new Failure("sandbox_unreachable", {
        reply: `The sandbox did not take the message (HTTP ${response.status}).`,
        retry: response.status >= 500 || response.status === 429,
      });
    },

    /** Puts what an earlier run left before a job that is about to start. False where the sandbox does not take it. */
    async give(jobId: string, checkpoint: ArrayBuffer): Promise<boolean> {
      // As with the job itself: a container may have to be placed and booted first.
      const response = await send(`/jobs/${jobId}/checkpoint`, 90_000, { method: "PUT", body: checkpoint });
      if (response.status >= 500 || response.status === 429) {
        throw new Failure("sandbox_refused", {
          reply: `The sandbox did not take the checkpoint (HTTP ${response.status}).`,
          retry: true,
        });
      }
      return response.ok;
    },

    /** What a job that has ended leaves for the next one, if anything. It was in a stranger's hands: kept, never read. */
    async checkpoint(jobId: string): Promise<ArrayBuffer | undefined> {
      const response = await request(`/jobs/${jobId}/checkpoint`, 2 * vendorTimeoutMs);
      if (!response.ok) return undefined;
      const tooLarge = new Failure("checkpoint_too_large", { reply: "The checkpoint is too large.", retry: false });
      return (await limitBody(response, maxCheckpointBytes, tooLarge)).arrayBuffer();
    },

    /** It is kept elsewhere now. Where this is not heard, it goes with the container. */
    async dropCheckpoint(jobId: string): Promise<void> {
      await send(`/jobs/${jobId}/checkpoint`, vendorTimeoutMs, { method: "DELETE" }).catch(() => undefined);
    },

    /** False when there is no such job. */
    async stop(jobId: string): Promise<boolean> {
      const response = await request(`/jobs/${jobId}/stop`, vendorTimeoutMs, {});
      return response.ok;
    },
  };
}
export type JobSandbox = ReturnType<typeof createSandbox>;
