/** One constant per default, with its source. */

/** Slack sends less; anything larger is not a chat event. */
export const maxBodyBytes = 1024 * 1024;

/** https://docs.slack.dev/authentication/verifying-requests-from-slack: older than five minutes may be a replay. */
export const signatureWindowSeconds = 5 * 60;

/** https://developers.cloudflare.com/queues/platform/limits/ */
export const maxMessageBytes = 128_000;

/** What fits into a message on the queue, at three bytes a character; a Slack message has 40,000. */
export const maxTextLength = 40_000;

/**
 * One message in Slack, as it is sent: its words, escaped, as in a text object (https://docs.slack.dev/reference/block-kit/composition-objects/text-object),
 * and its blocks as JSON. Slack refuses some 13,000 characters of blocks, and says nowhere what it counts: https://github.com/slackapi/bolt-js/issues/2509
 */
export const slackMessage = { textLength: 3_000, blocksLength: 10_000 };
/** A link to a longer address is shown as text, which can be cut. */
export const maxLinkLength = 1_000;
/** https://discord.com/developers/docs/resources/message#create-message */
export const discordPartLength = 2_000;
/** https://discord.com/developers/docs/resources/message#embed-object-embed-limits: together less than the 6,000 of a message. */
export const discordEmbed = { titleLength: 256, descriptionLength: 4_096 };
/** A status message is not edited sooner than this after its last edit: five edits in five seconds are all a channel may have. */
export const discordEditMs = 1_500;

/** A text that needs more messages than this is a file. A slash command's own answer has five, and one is spent on the beginning. */
export const maxParts = 4;

/** Slack's status line is for a glance, and nothing waits for it. */
export const maxStatusLineLength = 100;
export const statusLineTimeoutMs = 3_000;
/** What a task in one of Slack's streams may be called: https://docs.slack.dev/reference/block-kit/blocks/task-card-block */
export const maxTaskTitleLength = 250;

/** Messages of a thread that are read as part of the report, the newest. */
export const earlierMessages = 50;

/** `reactions.add` is in Slack's tier 3, https://docs.slack.dev/apis/web-api/rate-limits: half of it is left to the consumer's marks. */
export const slackReactions = { burst: 20, perMinute: 25 };

/** What other bots may ask about one issue, or in one thread without one, before it looks like two bots answering each other. */
export const automatedCommandsAnHour = 3;

/** What one person may ask for in a quarter of an hour, and what may run in one workspace at once unless the settings say otherwise: a fix costs dollars. */
export const workLimits = { perAuthor: 5, windowMs: 15 * 60_000, running: 5 };

/** What one person may send in a minute, whatever it is; as in wrangler.gateway.toml. */
export const floodLimits = { commands: 30, periodMs: 60_000 };
/** How often the log says how many requests of a kind were turned away. */
export const refusalsPeriodMs = 60_000;
/** How long the gateway waits for the rate limit's count. It is kept on the Worker's own machine, so it is there at once or not at all: https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/ */
export const floodTimeoutMs = 250;

/** Attempts of one outside effect, the first included: so many at least, whatever else it may take. */
export const effectAttempts = 3;
/** How long a vendor that does not answer is waited for, unless the settings say otherwise. */
export const vendorPatienceSeconds = 5 * 60;
/** How long anybody waits to try again what a command can do without. */
export const briefWaitMs = 15_000;
/** Of a wait that is longer than this the person is told. */
export const toldWaitMs = 4_000;
/** How much longer than an attempt's own time its engine waits for what it has to say. */
export const attemptGraceMs = 30_000;
/** Attempts to reach a container: half a minute of waits, in which a crashed one is replaced or a place comes free. */
export const sandboxAttempts = 6;
/** Attempts of a person's last word: it is what bugbot promises. */
export const lastWordAttempts = 8;

/** How often the queue delivers a command: once, and `max_retries` of wrangler.consumer.toml. */
export const queueAttempts = 4;
/** A dead letter that cannot be kept is delivered again at most this late: a hundred times, which is the queue's limit, are four days. */
export const deadLetterRetrySeconds = 60 * 60;

/** A command is looked after when it is this old: a Workflow that has just been made may not be known everywhere. */
export const watchdogGraceMs = 60_000;
/** How much longer than its run and its lease a command may take: waits for vendors, and retries. */
export const watchdogMarginMs = 15 * 60_000;
/** What waits for somebody's approval is looked after this often. */
export const watchWaitingMs = 10 * 60_000;
/** What the watchdog does in a minute, each of its duties. */
export const watchdogBatch = 25;
/** A last word that chat does not take is tried again after a minute, two, four … at most `maxWaitMs`, for so long: a token that was revoked on a Friday is noticed on Monday. */
export const lastWordRetries = { minWaitMs: 60_000, maxWaitMs: 60 * 60_000, forMs: 7 * 24 * 60 * 60_000 };
/** How long a last word that somebody is about to say is nobody else's. */
export const lastWordClaimMs = 2 * 60_000;

/**
 * To complete what a person types: Discord waits three seconds for all of it. Linear is asked so often at most for one workspace, and what it
 * answered is kept for so long.
 */
export const suggestions = { timeoutMs: 1_500, askEveryMs: 1_000, keptMs: 60_000 };

/** One sealer of the audit: how many entries it takes at a time, how often in one go, and how long nobody else tries meanwhile. */
export const auditSealing = { batch: 200, rounds: 20, leaseMs: 10_000 };
/** Sealed within seconds, or by the cron trigger's next minutes: what waits for longer is a fault. */
export const maxUnsealedMs = 5 * 60_000;

/** An API key's life, and how long a replaced one goes on. */
export const apiKeyLimits = { defaultDays: 90, maxDays: 366, defaultOverlapHours: 24, maxOverlapHours: 24 * 7 };
/** What a key may be called: it stands in the audit as `key:<name>`. */
export const apiKeyName = {
  pattern: /^[\w.-]{1,40}$/,
  rule: "A name has 1 to 40 letters, digits, dots, dashes or underscores",
};
/** The most that one answer of `/api` lists. */
export const apiPage = { letters: 1000, tasks: 1000, keys: 1000, audit: 500 };

/** How far the clocks of Cloudflare's machines may be apart. What is dated later than that was not written yet. */
export const clockSkewMs = 60_000;

/** One answer of D1, which gives most in milliseconds: what takes longer is asked again. Its own limit, 30 s, is for a query: https://developers.cloudflare.com/d1/platform/limits/ */
export const databaseTimeoutMs = 5_000;

/** One answer of KV, which usually takes milliseconds: https://developers.cloudflare.com/kv/concepts/how-kv-works/ */
export const kvTimeoutMs = 5_000;

/** How often it is looked whether whoever asked the model still listens, and may: an answer of half an hour stays below the 1,000 queries that D1 takes from one invocation, https://developers.cloudflare.com/d1/platform/limits/ */
export const listenEveryMs = 3_000;

/** One call to a vendor. */
export const vendorTimeoutMs = 15_000;

/** A longer answer of GitHub's is refused, not held. Its largest, a tree, has 7 MB at most: https://docs.github.com/rest/git/trees#get-a-tree */
export const maxGitHubAnswerBytes = 10 * 1024 * 1024;
/** An App's token is not used in its last minutes: it must outlive the request it opens. It lives an hour. */
export const appTokenMarginMs = 5 * 60_000;

/** One answer of PostHog. What bugbot asks for stays far below it. */
export const maxPostHogAnswerBytes = 4 * 1024 * 1024;
/** What is shown of a person's recordings, of one recording's actions, and of the exceptions in it and around it. */
export const behaviourLimits = { recordings: 5, actions: 20, exceptions: 5 };
/** How far back recordings, and others with the same exception, are looked for. */
export const behaviourDays = 14;
/** How long before it went wrong a recording is opened. */
export const replayLeadMs = 5_000;

/** Ten a minute are allowed: https://docs.github.com/rest/search/search#search-code. One look makes three at most. */
export const codeSearches = { perMinute: 10, perLook: 3, hits: 20, keptSeconds: 10 * 60 };
/** GitHub calls of one look for code, a token's making aside. */
export const maxCodeCalls = 12;
/** What one look for code brings home. */
export const codeFound = { suspects: 8, commits: 6, pullRequests: 5 };

/** https://docs.github.com/rest/commits/commits#compare-two-commits lists no more files than this. */
export const maxComparedFiles = 300;

/** How long one reading of a job's events may wait for something new. */
export const eventWaitMs = 20_000;
/** The status message is edited at most this often while the agent works. */
export const statusEditMs = 3_000;
/** What of one thing the agent does is shown while it does it: a glance. */
export const maxToolWords = 300;

/** A push whose answer is lost is tried again; nobody needs more. */
export const maxPushesPerRun = 20;
/** A push that may stand unjudged is looked at again after a minute, two, four … at most `maxWaitMs`; one that is not on its branch `lateMs` after it was let through no longer comes. */
export const unjudgedPushes = { minWaitMs: 60_000, maxWaitMs: 60 * 60_000, lateMs: 10 * 60_000 };
/** Folders of a change that are looked at on GitHub, a call for each. */
export const maxChangedFolders = 200;

/** One run of the agent, unless the settings say otherwise. */
export const runLimits = { maxMinutes: 30, maxTurns: 60, maxCostUsd: 5 };
/** How much longer than a run its lease lives: the push comes last. */
export const leaseGraceMs = 2 * 60_000;
/** How often a run starts over whose container went away, within twice its time, and with what left of that it is still worth it. Its money is one for all. */
export const runRestarts = { max: 3, minMs: 5 * 60_000 };

/** What one part may take to say how it does, and how many commands may wait before it is worth a look. */
export const healthLimits = { timeoutMs: 2_000, backlog: 100, keptMs: 3_000 };

export const dayMs = 24 * 60 * 60_000;
/** How long a conversation can be taken up again, unless the settings say otherwise. */
export const sessionTtlDays = 30;
/** A checkpoint's key must be hard to guess: 64 hex digits are what `openssl rand -hex 32` gives. */
export const minCheckpointKeyLength = 32;
/** How long a plan waits for its approval. */
export const approvalMs = 24 * 60 * 60_000;
/** What wakes a Workflow that waits: the answer itself is in D1. */
export const approvalEvent = "approval";
/** Hex digits of a plan's hash that a button carries: 96 bits, and an id of Discord's has 100 characters in all. */
export const planLength = 24;

/** How long a message waits, in one step and in all, for a run that cannot hear it just now: it starts, or pushes. */
export const passOnWaitMs = 20_000;
export const passOnWaits = 90;
/** How long it waits until it tries again, twice as long each time: a run that clones or verifies may take minutes, and each try asks the database. */
export const passOnPauses = { firstMs: 500, maxMs: 5_000 };
/** How many messages wait for one run. */
export const maxWaitingMessages = 20;
/** Messages of the thread that a session which goes on is told of. */
export const followUpMessages = 10;

/** A conversation's checkpoint, packed: a Worker holds it in its 128 MB while it is sealed. */
export const maxCheckpointBytes = 8 * 1024 * 1024;
/** What the project's check may take in all its runs: on the fix, on the code before, and there with the new tests. */
export const verifyTimeoutMs = 5 * 60_000;

/** One quoted part of the prompt, in characters. */
export const maxQuotedInPrompt = 12_000;
/** What is quoted has no longer run of backticks: its fence, which is longer, stands twice. */
export const maxBackticks = 100;

/** The agent's model, unless the settings or the command say otherwise. */
export const defaultModel = "sonnet";
/** Claude Code asks it for side tasks, whatever the agent's own model is. */
export const sideModel = "haiku";

/** https://platform.claude.com/docs/en/api/errors#request-size-limits */
export const maxModelRequestBytes = 32 * 1024 * 1024;
/** How far Claude Code's count of a run's cost may be from the egress's before it is worth a look. */
export const costTolerance = 0.1;

export const defaultAllowedPaths = ["src/**", "app/**", "components/**", "pages/**"];

/** What one source of evidence may take; what comes later is missing from the card. */
export const sourceTimeoutMs = 10_000;
/** What of that must be left after a wait the source asked for, so that a second look is worth it. */
export const secondLookMs = 2_000;

/** A source opens its breaker when half of at least ten calls within ten minutes failed; a trial is given up for lost after `trialMs`. */
export const breakerLimits = {
  windowMs: 10 * 60_000,
  minCalls: 10,
  maxFailureShare: 0.5,
  openMs: 60_000,
  trialMs: 15_000,
  successesToClose: 3,
};

/** What of a thread's words is read as its report: a Workflow step's result holds 1 MiB, JSON writes a hidden character in six bytes, and what a run is asked may hold them twice. */
export const maxThreadLength = 120_000;
/** What Linear is given to keep as one text: it documents no limit of its own. */
export const maxIssueTextLength = 50_000;
/** Of that, people's words in a new issue's description: as Markdown they take about twice the room. */
export const issueWordsLength = 20_000;
/** Of one card: people's words altogether, one claim, one step of a recording, and a name. */
export const cardLengths = { reported: 10_000, claim: 500, step: 200, author: 100 };
/** Of a report, its first; one that names more is no stack trace. */
export const maxFrames = 50;

/** One answer of Linear: the issues that a thread names, each with all of its description. */
export const maxLinearAnswerBytes = 4 * 1024 * 1024;
/** What looks like an issue's id and is looked for: in the asker's words, and around them. A page of Linear's has 50 issues. */
export const namedIssues = { named: 10, around: 20 };
/** Ids that are asked for one by one, because an issue may have had them before it was moved: in the asker's words, and otherwise. */
export const movedIssues = { named: 2, other: 1 };
/** How long teams, workflow states and labels of Linear are kept in KV. */
export const linearCacheSeconds = 60 * 60;
