import { personalAccess } from "../consumer/clients/github-access.ts";
import { createGitHubCode } from "../consumer/clients/github-code.ts";
import { connectGitHub } from "../consumer/clients/github-connection.ts";
import { createGitHub as createGitHubClient } from "../consumer/clients/github.ts";
import { createLinear as createLinearClient } from "../consumer/clients/linear.ts";
import { connectLinear } from "../consumer/clients/linear-connection.ts";
import { createPostHog as createPostHogClient } from "../consumer/clients/posthog.ts";
import { contextualize } from "../consumer/commands/contextualize.ts";
import { createEffect } from "../consumer/effect.ts";
import type { Steps } from "../consumer/engine.ts";
import { endingOf } from "../consumer/endings/ending.ts";
import type { Card } from "../consumer/evidence/card.ts";
import { findBehaviour } from "../consumer/evidence/find-behaviour.ts";
import { type CodeSearches, findCode } from "../consumer/evidence/find-code.ts";
import type { Said } from "../consumer/replies/reply.ts";
import { createStatusMessage } from "../consumer/replies/status-message.ts";
import { testReplies } from "../consumer/replies/test-replies.ts";
import type { Entries } from "../consumer/stores/forgive-kv.ts";
import { createLinearTeams } from "../consumer/stores/linear-teams.ts";
import { seedDemoBehaviour } from "../local/demo-behaviour.ts";
import { demoRepository, seedDemoRepository } from "../local/demo-repository.ts";
import { createGitHub } from "../local/github.ts";
import { createLinear } from "../local/linear.ts";
import { createPostHog } from "../local/posthog.ts";
import { findReferences } from "../shared/references/reference.ts";
import { createRedact } from "../shared/redact.ts";
import { readSettings } from "../shared/settings.ts";

const credentials = { github: "ghp_local", linear: "lin_api_local", posthog: "phx_local" };

export interface Asks {
  earlier?: Said[];
  channelId?: string;
  /** Of a thread; each is a conversation of its own. */
  threadId?: string;
  variables?: Record<string, string>;
  /** What one source, and what one call of Linear's, may take. */
  timeoutMs?: number;
  linearTimeoutMs?: number;
}

/** `contextualize` with its real clients against the stand-ins, in this process: what a Workflow or a database would keep is kept in memory. */
export async function createEvidenceWorld({ teams }: { teams?: { key: string; name: string }[] } = {}) {
  const [github, linear, posthog] = await Promise.all([
    createGitHub({ token: credentials.github }),
    createLinear({ apiKey: credentials.linear, ...(teams && { teams }) }),
    createPostHog({ apiKey: credentials.posthog }),
  ]);
  // A minute has ten code searches, and these tests ask for more.
  github.limits.lift();
  await seedDemoRepository(github);
  seedDemoBehaviour(posthog);

  const kept = {
    issues: new Map<string, string>(),
    cards: new Map<string, Card>(),
    generations: new Map<string, number>(),
    teams: new Map<string, string>(),
    ttls: new Map<string, number>(),
  };
  let count = 0;
  const trackerWith = (timeoutMs?: number) =>
    createLinearClient(
      connectLinear({ apiKey: credentials.linear, apiUrl: linear.url, ...(timeoutMs && { timeoutMs }) }),
    );

  /** One command from its report to its ending, as a Workflow would carry it out, without the waits between attempts. */
  async function ask(text: string, { earlier = [], channelId = "C0BUGS", variables = {}, ...asks }: Asks = {}) {
    count += 1;
    const thread = asks.threadId ?? `1.${count}`;
    const conversation = {
      platform: "slack" as const,
      teamId: "T0ACME",
      channelId,
      threadId: thread,
      messageId: thread,
    };
    const command = {
      v: 1 as const,
      id: `slack-Ev${count}`,
      name: "contextualize" as const,
      text,
      conversation,
      author: { id: "U0ALICE" },
      references: findReferences(text),
      receivedAt: Date.now(),
    };
    const settings = readSettings({ BUGBOT_ALLOWED_REPOS: "*", ...variables });
    const steps = recordSteps();
    const logs: string[] = [];
    const log = (event: string, facts = {}) => void logs.push(JSON.stringify({ event, ...facts }));
    const effect = createEffect(steps, command.id, {
      log,
      deadline: async () => Infinity,
      patienceMs: 0,
      isStopped: async () => false,
    });
    const { replies: chat } = testReplies();
    const replies = {
      ...chat,
      earlier: async () => earlier,
      threadLink: async () => `https://acme.slack.com/archives/${channelId}/p${thread.replace(".", "")}`,
    };
    const connection = connectGitHub({ access: personalAccess(credentials.github), apiUrl: github.apiUrl });
    const code = createGitHubCode(connection);
    const client = createPostHogClient({ apiKey: credentials.posthog, projectId: "1", host: posthog.url });
    const tracker = trackerWith(asks.linearTimeoutMs);
    const searches: CodeSearches = { hits: (_repository, _term, search) => search() };
    const requests = {
      github: github.requests.length,
      linear: linear.requests.length,
      posthog: posthog.requests.length,
    };

    const ending = await contextualize(command, {
      effect,
      redact: createRedact(Object.values(credentials)),
      status: createStatusMessage(command, {
        replies,
        effect,
        remember: async () => undefined,
        reach: async () => undefined,
      }),
      replies: () => replies,
      linear: tracker,
      linearTeams: createLinearTeams(tracker, memory(kept.teams, kept.ttls)),
      github: createGitHubClient(connection, () => Promise.reject(new Error("must not push"))),
      sources: {
        behaviour: (asked, limit) => findBehaviour(asked, { posthog: client, limit }),
        code: (asked, limit) => findCode(asked, { github: code, searches, webUrl: "https://github.com", limit }),
      },
      breakers: { allows: async () => true, record: async () => undefined },
      evidence: {
        find: async (subject) => kept.cards.get(subject),
        save: async (subject, card) => void kept.cards.set(subject, card),
        generation: async (issueId) => kept.generations.get(issueId) ?? 0,
        keepGeneration: async (issueId, generation) => void kept.generations.set(issueId, generation),
      },
      commands: { stopRequested: async () => false },
      threadIssues: {
        find: async () => kept.issues.get(thread) ?? null,
        save: async (_conversation, issueId) => void kept.issues.set(thread, issueId),
      },
      conversations: {
        find: async () => ({
          issueId: null,
          issueIdentifier: null,
          issueUrl: null,
          repository: null,
          branch: null,
          pullRequestUrl: null,
          runningCommandId: null,
          summary: null,
          hasCheckpoint: false,
        }),
        rememberIssue: async () => undefined,
      },
      record: async () => true,
      metrics: { sourceFailed: () => undefined },
      settings,
      log,
      now: Date.now,
      ...(asks.timeoutMs && { timeoutMs: asks.timeoutMs }),
    }).catch((error: unknown) => endingOf(error, command.id));

    return {
      ...ending,
      threadId: thread,
      logs,
      /** How long each wait between attempts would have been. */
      waits: steps.waits,
      /** UTF-8 bytes of the largest step result. */
      largestStep: steps.largest(),
      asked: {
        github: github.requests.slice(requests.github),
        linear: linear.requests.slice(requests.linear),
        posthog: posthog.requests.slice(requests.posthog),
      },
    };
  }

  return {
    ask,
    github,
    linear,
    posthog,
    kept,
    /** Linear as bugbot reads it. */
    tracker: () => trackerWith(),
    repository: demoRepository,
    mend() {
      for (const standIn of [github, linear, posthog]) standIn.mend();
    },
    close: () => Promise.all([github.close(), linear.close(), posthog.close()]),
  };
}
export type EvidenceWorld = Awaited<ReturnType<typeof createEvidenceWorld>>;

function recordSteps() {
  const waits: number[] = [];
  const sizes = [0];
  const steps: Steps = {
    async do(_name, _config, run) {
      const result = await run({ attempt: 1 });
      sizes.push(Buffer.byteLength(JSON.stringify(result)));
      return result;
    },
    sleep: async (_name, ms) => void waits.push(ms),
    waitForEvent: async (_name, { timeout }) => void waits.push(timeout),
  };
  return { ...steps, waits, largest: () => Math.max(...sizes) };
}

function memory(entries: Map<string, string>, ttls: Map<string, number>): Entries {
  return {
    get: async (key) => entries.get(key) ?? null,
    put: async (key, value, options) => {
      entries.set(key, value);
      if (options) ttls.set(key, options.expirationTtl);
    },
  };
}
