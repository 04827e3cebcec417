/** Cloudflare's interception CA; it exists only at run time (https://developers.cloudflare.com/containers/). */
export const interceptionCaPath = "/etc/cloudflare/certs/cloudflare-containers-ca.crt";

export const maxBodyBytes = 1024 * 1024;
export const maxWaitMs = 60_000;
export const maxFinishedJobs = 100;
export const maxEventsPerJob = 2_000;
export const maxEventCharactersPerJob = 400_000;

/** One line of the agent's output that is longer is dropped: it holds a tool's result, which nobody reads here. */
export const maxLineBytes = 2 * 1024 * 1024;
export const maxErrorBytes = 16 * 1024;
/** The listing of a repository with some 500,000 files. */
export const maxGitOutputBytes = 64 * 1024 * 1024;

export const maxToolWordsLength = 200;
export const maxSaidLength = 2_000;
export const maxSummaryLength = 8_000;
export const maxReasonLength = 1_000;
export const maxSubjectLength = 200;
export const maxAuthorLength = 100;
export const maxInstructionsLength = 16_000;

export const maxTranscriptBytes = 32 * 1024 * 1024;
export const maxUnpackedCheckpointBytes = 48 * 1024 * 1024;
export const maxWorkBytes = 4 * 1024 * 1024;
/** As many paths as a command line surely holds. */
export const maxWorkFiles = 300;
/** How long a run's end may take to put away what the next one needs. */
export const keepMs = 20_000;
/** Finished jobs whose checkpoints wait in memory to be fetched. */
export const maxWaitingCheckpoints = 8;

/** How long to wait, half more or less, before the git host is asked once more. */
export const remoteRetryMs = [1_000, 2_000, 4_000];
/** A host that sends nothing for so long has failed; while it works, it sends a sign of life every five seconds. */
export const remoteSilenceSeconds = 60;

/** What one job may hold: of the 8 GB of a standard-1 instance (https://developers.cloudflare.com/containers/platform-details/limits/) most. */
export const jobResources = { maxProcesses: 512, maxDiskBytes: 5 * 1024 ** 3, minFreeBytes: 256 * 1024 ** 2 };
/** How often that is looked at; to count what its folders hold takes longer. */
export const lookAtResourcesMs = 250;
export const lookAtFoldersMs = 2_000;
/** Jobs at once. In production there is one for each container, and ten of those (wrangler.consumer.toml). */
export const maxRunningJobs = 10;

/** What is under way may end when the container is told to: Cloudflare kills it 15 minutes after it said so (https://developers.cloudflare.com/containers/platform-details/rollouts/). */
export const drainTimes = { endWithinMs: 13 * 60_000, fetchWithinMs: 60_000 };
/** How long a process has between being asked to end and being ended. */
export const graceMs = 1_500;
/** How long the kernel may take to end what was killed. */
export const endWithinMs = 10_000;
/** Node's longest timer. */
export const maxTimerMs = 2 ** 31 - 1;

/** A check that prints more is ended. */
export const maxCheckOutputBytes = 32 * 1024 * 1024;
/** What is kept of it, its end. */
export const maxCheckTailLength = 2_000;
/** How long what a check left running keeps its output open. */
export const checkOutputGraceMs = 200;
