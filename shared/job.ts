import * as z from "zod/mini";
import { isEmail } from "./references/email.ts";

/**
 * One run of the agent in the container: `POST /jobs` takes it, once per id. It holds no credential: `remoteUrl` and
 * `model.baseUrl` lead through the egress, which adds them.
 */
export const jobSchema = z.object({
  id: z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/)),
  /** The git remote to clone from and push to. */
  remoteUrl: z.url({ protocol: /^https?$/ }),
  /** The branch to start from. */
  baseBranch: z.string(),
  /** The branch to push: created at, or fast-forwarded from, where the remote has it. */
  branch: z.string(),
  /** First line of the commit message; the agent's own summary becomes its body. */
  commitSubject: z.string(),
  /** Who asked, for the commit's last line. */
  coAuthor: z.optional(z.object({ name: z.string(), email: z.string().check(z.refine(isEmail)) })),
  prompt: z.string(),
  /** Asked instead, where the checkpoint that was put before the job holds the earlier session. */
  resumePrompt: z.optional(z.string()),
  model: z.object({ name: z.string(), baseUrl: z.url({ protocol: /^https?$/ }) }),
  /** Globs (picomatch, `dot: true`) a change must match. */
  allowedPaths: z.array(z.string()),
  limits: z.object({ wallClockMs: z.number(), maxTurns: z.number(), maxCostUsd: z.number() }),
  /** Where npm gets packages, if the run may: ends with a slash. */
  registryUrl: z.optional(z.url({ protocol: /^https?$/ })),
  /** What proves a fix. Without `command` it is `npm test`, where the base branch's package.json has such a script. */
  verify: z.object({ command: z.optional(z.string()), timeoutMs: z.number() }),
});
export type Job = z.infer<typeof jobSchema>;

const changedFileSchema = z.object({ path: z.string(), additions: z.number(), deletions: z.number() });
export type ChangedFile = z.infer<typeof changedFileSchema>;

/** What the agent used, as Claude Code counts it. */
const usageSchema = z.object({ costUsd: z.number(), turns: z.number(), durationMs: z.number() });
export type Usage = z.infer<typeof usageSchema>;

const before = z.enum(["passed", "failed", "unknown"]);
/** What the change touches of the check itself: tests that were there, manifests, settings. Where it passes, it does so with them as they were as well. */
const edited = z.optional(z.array(z.string()));

/**
 * What the project's own check says of a change. The container runs it on the commit before and on the one it pushed. In the image
 * nothing of the agent runs any more by then; in the local stack a daemon of its may (decision 22). `output` is the end of what the check printed: untrusted.
 */
export const proofSchema = z.discriminatedUnion("kind", [
  /** It failed before the change and passes after it. `tests`: the change's own, where only they failed before. */
  z.object({ kind: z.literal("reproduced"), command: z.string(), tests: z.array(z.string()), edited }),
  /** It passes after the change. `tests`: the change's own that pass on the code before, with the files that it `added`. */
  z.object({
    kind: z.literal("passes"),
    command: z.string(),
    tests: z.array(z.string()),
    added: z.optional(z.array(z.string())),
    before: z.optional(before),
    edited,
  }),
  /** It passes after the change, and not with what that `edited` of the check `asItWas`. */
  z.object({
    kind: z.literal("edits_check"),
    command: z.string(),
    edited: z.array(z.string()),
    before,
    asItWas: z.enum(["failed", "unknown"]),
    output: z.string(),
  }),
  z.object({ kind: z.literal("fails"), command: z.string(), before, output: z.string(), edited }),
  /** `reason` ends a sentence that begins “Not verified:”. */
  z.object({ kind: z.literal("not_verified"), reason: z.string(), edited }),
]);
export type Proof = z.infer<typeof proofSchema>;

/** How a job ends. Only `pushed` left something on the remote. */
export const outcomeSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("pushed"),
    commit: z.string(),
    files: z.array(changedFileSchema),
    /** The agent's last words: untrusted text. */
    summary: z.string(),
    proof: proofSchema,
    usage: usageSchema,
  }),
  z.object({ kind: z.literal("no_change"), summary: z.string(), usage: usageSchema }),
  z.object({ kind: z.literal("outside_allowed_paths"), files: z.array(z.string()), usage: usageSchema }),
  z.object({ kind: z.literal("out_of_turns"), usage: usageSchema }),
  z.object({ kind: z.literal("out_of_budget"), usage: usageSchema }),
  z.object({ kind: z.literal("out_of_time"), usage: usageSchema }),
  z.object({ kind: z.literal("stopped"), usage: usageSchema }),
  /** The model's API answered with an error, or Claude Code could not run. */
  z.object({ kind: z.literal("agent_failed"), reason: z.string(), usage: usageSchema }),
  /** git could not clone, or the push was refused; `reason` is git's own words. */
  z.object({
    kind: z.literal("git_failed"),
    stage: z.enum(["clone", "commit", "push"]),
    reason: z.string(),
    usage: usageSchema,
  }),
]);
export type Outcome = z.infer<typeof outcomeSchema>;

/** What a run leaves behind, and what it could not take up again. */
const memorySchema = z.object({
  /** Changed and not pushed, and in the checkpoint: the next run has it. */
  files: z.array(changedFileSchema),
  /** The last thing the agent said: untrusted text. */
  said: z.string(),
  /** What of an earlier run could not be put back. */
  lost: z.array(z.enum(["session", "work"])),
});
export type Memory = z.infer<typeof memorySchema>;

export const stages = ["cloning", "asking", "checking", "pushing", "verifying"] as const;
export type Stage = (typeof stages)[number];

/** What a reader of `GET /jobs/:id/events` sees. `seq` starts at 1 and has no gap; `at` is in ms since the epoch. */
export const jobEventSchema = z.intersection(
  z.object({ seq: z.number(), at: z.number() }),
  z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("stage"), stage: z.enum(stages) }),
    /** A tool the agent uses, in words: "reading src/cart.ts", "running npm test". */
    z.object({ kind: z.literal("tool"), words: z.string() }),
    /** Something the agent said between tools. */
    z.object({ kind: z.literal("said"), text: z.string() }),
    /** The end: always the last event, exactly once. */
    z.object({ kind: z.literal("outcome"), outcome: outcomeSchema, memory: z.optional(memorySchema) }),
  ]),
);
export type JobEvent = z.infer<typeof jobEventSchema>;

/** Answer of `GET /jobs/:id/events?after=N&waitMs=M`: events with `seq > N`, waiting up to M ms for one to come. */
export const eventPageSchema = z.object({ events: z.array(jobEventSchema), done: z.boolean() });
export type EventPage = z.infer<typeof eventPageSchema>;

/** Body of `POST /jobs/:id/messages`; one with a known `id` was heard before. */
export const followUpSchema = z.object({ id: z.optional(z.string()), text: z.string() });

/** Answer of `GET /health`. `keepsCheckout`: the server has one conversation, and its next run takes up what the last one left. */
export const serverHealthSchema = z.object({
  status: z.literal("healthy"),
  jobs: z.object({ running: z.number() }),
  keepsCheckout: z.boolean(),
});
export type ServerHealth = z.infer<typeof serverHealthSchema>;
