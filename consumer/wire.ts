import { waitUntil } from "cloudflare:workers";
import { Failure } from "../shared/failure.ts";
import { approvalEvent } from "../shared/limits.ts";
import { createLog, describeError } from "../shared/log.ts";
import { createRedact } from "../shared/redact.ts";
import { readSettings, secretsOf } from "../shared/settings.ts";
import { stillWanted } from "./attempt.ts";
import { createRateLimits } from "./clients/discord-rate-limits.ts";
import { createGitHub } from "./clients/github.ts";
import { githubAccess } from "./clients/github-access.ts";
import { connectGitHub } from "./clients/github-connection.ts";
import { createMoveRef } from "./clients/move-ref.ts";
import { createLinear } from "./clients/linear.ts";
import { connectLinear } from "./clients/linear-connection.ts";
import { createGitHubCode } from "./clients/github-code.ts";
import { createPostHog } from "./clients/posthog.ts";
import { findCode } from "./evidence/find-code.ts";
import { findBehaviour } from "./evidence/find-behaviour.ts";
import { createMetrics } from "./metrics.ts";
import type { Outside } from "./needs.ts";
import { createDiscordReplies } from "./replies/discord.ts";
import { createSlackReplies } from "./replies/slack.ts";
import { createContainerExecutor, createHttpExecutor } from "./sandbox/executor.ts";
import { createSandbox } from "./sandbox/sandbox.ts";
import { createApprovals } from "./stores/approvals.ts";
import { createAdmissions } from "./stores/admissions.ts";
import { type Audit, createAudit } from "./stores/audit.ts";
import { createAutomation } from "./stores/automation.ts";
import { createCheckpoints } from "./stores/checkpoints.ts";
import { createCodeSearches } from "./stores/code-searches.ts";
import { createBreakers } from "./stores/breakers.ts";
import { forgiveKv } from "./stores/forgive-kv.ts";
import { createEvidence } from "./stores/evidence.ts";
import { limitDatabase } from "./stores/limit-database.ts";
import { createLinearTeams } from "./stores/linear-teams.ts";
import { createCommands } from "./stores/commands.ts";
import { createConversations } from "./stores/conversations.ts";
import { createDeadLetters } from "./stores/dead-letters.ts";
import { createLastWords } from "./stores/last-words.ts";
import { createLeases } from "./stores/leases.ts";
import { createMessagesToRuns } from "./stores/messages-to-runs.ts";
import { createSpending } from "./stores/spending.ts";
import { createProofs } from "./stores/proofs.ts";
import { createThreadIssues } from "./stores/thread-issues.ts";

/** They are the bot's own: every command in this isolate shares them. */
const discordRateLimits = createRateLimits(Date.now);

/** The consumer's parts, made from its environment. */
export function wire(env: Env): Outside & { audit: Audit } {
  const settings = readSettings(env);
  const db = limitDatabase(env.DB);
  const redact = createRedact(secretsOf(settings));
  const { SLACK_BOT_TOKEN, LINEAR_API_KEY, EXECUTOR_URL, EXECUTOR_TOKEN, EGRESS_URL } = settings;
  const { POSTHOG_API_KEY, POSTHOG_PROJECT_ID, POSTHOG_HOST } = settings;
  const log = createLog("consumer", secretsOf(settings));
  const kv = forgiveKv(env.BUGBOT_KV, { log });
  const audit = createAudit({
    db,
    now: Date.now,
    later: (seal) => waitUntil(seal().catch((error: unknown) => log("audit_not_sealed", describeError(error)))),
  });
  const executor = EXECUTOR_URL
    ? createHttpExecutor({ url: EXECUTOR_URL, token: EXECUTOR_TOKEN, egressUrl: EGRESS_URL ?? "" })
    : createContainerExecutor(env.SANDBOX, settings);
  const slack = SLACK_BOT_TOKEN
    ? createSlackReplies({ botToken: SLACK_BOT_TOKEN, apiUrl: settings.SLACK_API_URL, redact })
    : undefined;
  const discord = settings.DISCORD_BOT_TOKEN
    ? createDiscordReplies({
        botToken: settings.DISCORD_BOT_TOKEN,
        apiUrl: settings.DISCORD_API_URL,
        rateLimits: discordRateLimits,
        redact,
        now: Date.now,
      })
    : undefined;
  const access = githubAccess(settings);
  const connection = access && connectGitHub({ access, apiUrl: settings.GITHUB_API_URL, redact });
  const linear = LINEAR_API_KEY
    ? createLinear(connectLinear({ apiKey: LINEAR_API_KEY, apiUrl: settings.LINEAR_API_URL, redact }))
    : undefined;
  // What others wrote, which is shown in Markdown: read without secrets, which are not known any more once they are escaped.
  const code =
    access &&
    createGitHubCode(connectGitHub({ access, apiUrl: settings.GITHUB_API_URL, redact, redactAnswers: redact }));
  const searches = createCodeSearches(db, kv, Date.now);
  const posthog =
    POSTHOG_API_KEY && POSTHOG_PROJECT_ID
      ? createPostHog({ apiKey: POSTHOG_API_KEY, projectId: POSTHOG_PROJECT_ID, host: POSTHOG_HOST, redact })
      : undefined;
  return {
    replies(platform) {
      const replies = platform === "slack" ? slack : discord;
      if (replies) return replies;
      throw new Failure("platform_off", { reply: `${platform} is not set up on the consumer Worker.`, retry: false });
    },
    linear,
    linearTeams: linear && createLinearTeams(linear, kv),
    github: connection && createGitHub(connection, createMoveRef({ access, gitUrl: settings.GITHUB_URL })),
    sandbox: (conversation) => createSandbox(executor, conversation, redact),
    commands: createCommands(db),
    lastWords: createLastWords(db),
    deadLetters: createDeadLetters(db),
    audit,
    record: audit.record,
    sendDead: async (dead) => {
      stillWanted();
      await env.DEAD_LETTERS.send(dead);
    },
    conversations: createConversations(db),
    breakers: createBreakers(db),
    evidence: createEvidence(db),
    sources: {
      behaviour: posthog && ((asked, limit) => findBehaviour(asked, { posthog, limit })),
      code: code && ((asked, limit) => findCode(asked, { github: code, searches, webUrl: settings.GITHUB_URL, limit })),
    },
    leases: createLeases(db),
    approvals: createApprovals(db),
    wake: async (commandId) => {
      const instance = await env.COMMAND_WORKFLOW.get(commandId);
      stillWanted();
      await instance.sendEvent({ type: approvalEvent, payload: {} });
    },
    messagesToRuns: createMessagesToRuns(db),
    checkpoints: createCheckpoints(env.CHECKPOINTS, {
      key: settings.BUGBOT_CHECKPOINT_KEY,
      ttlDays: settings.SESSION_TTL_DAYS,
      now: Date.now,
    }),
    spending: createSpending(db),
    proofs: createProofs(db),
    automation: createAutomation(db),
    admissions: createAdmissions(db),
    threadIssues: createThreadIssues(kv),
    metrics: createMetrics(env.METRICS),
    settings,
    redact,
    log,
    now: Date.now,
  };
}
