import type { Conversation } from "../shared/conversation.ts";
import type { Log } from "../shared/log.ts";
import type { Redact } from "../shared/redact.ts";
import type { Settings } from "../shared/settings.ts";
import type { GitHub } from "./clients/github.ts";
import type { Linear } from "./clients/linear.ts";
import type { DeadCommand, StepError } from "./endings/dead-letter.ts";
import type { Effect } from "./effect.ts";
import type { Ending } from "./endings/ending.ts";
import type { Metrics } from "./metrics.ts";
import type { Replies } from "./replies/reply.ts";
import type { StatusMessage } from "./replies/status-message.ts";
import type { JobSandbox } from "./sandbox/sandbox.ts";
import type { Approvals } from "./stores/approvals.ts";
import type { Admissions } from "./stores/admissions.ts";
import type { Audit } from "./stores/audit.ts";
import type { Automation } from "./stores/automation.ts";
import type { Sources } from "./evidence/gather.ts";
import type { Breakers } from "./stores/breakers.ts";
import type { Evidence } from "./stores/evidence.ts";
import type { LinearTeams } from "./stores/linear-teams.ts";
import type { Checkpoints } from "./stores/checkpoints.ts";
import type { Commands } from "./stores/commands.ts";
import type { Conversations } from "./stores/conversations.ts";
import type { DeadLetters } from "./stores/dead-letters.ts";
import type { LastWords } from "./stores/last-words.ts";
import type { Leases } from "./stores/leases.ts";
import type { MessagesToRuns } from "./stores/messages-to-runs.ts";
import type { Spending } from "./stores/spending.ts";
import type { Proofs } from "./stores/proofs.ts";
import type { ThreadIssues } from "./stores/thread-issues.ts";

/** Everything outside that a command may use. A service that is not set up is undefined. */
export interface Outside {
  replies: (platform: Conversation["platform"]) => Replies;
  linear: Linear | undefined;
  linearTeams: LinearTeams | undefined;
  github: GitHub | undefined;
  sandbox: (conversation: string) => JobSandbox;
  commands: Commands;
  lastWords: LastWords;
  deadLetters: DeadLetters;
  /** Appends to the audit. */
  record: Audit["record"];
  /** Puts a command that died on the dead-letter queue. */
  sendDead: (dead: DeadCommand) => Promise<unknown>;
  conversations: Conversations;
  breakers: Breakers;
  evidence: Evidence;
  /** What evidence is gathered from. */
  sources: Sources;
  leases: Leases;
  checkpoints: Checkpoints;
  messagesToRuns: MessagesToRuns;
  spending: Spending;
  approvals: Approvals;
  /** Wakes a command that waits for an answer; one that does not wait is left as it is. */
  wake: (commandId: string) => Promise<void>;
  proofs: Proofs;
  threadIssues: ThreadIssues;
  automation: Automation;
  admissions: Admissions;
  metrics: Metrics;
  settings: Settings;
  redact: Redact;
  log: Log;
  now: () => number;
}

/** What one command's story is told with. */
export interface CommandNeeds extends Outside {
  effect: Effect;
  /** Sleeps until the command is woken, at most `timeoutMs`. `name` is unique in a command. */
  waitForEvent: (name: string, type: string, timeoutMs: number) => Promise<void>;
  /** Takes work that is done after the last word, however long it takes, and says how that reads then. */
  later: (work: () => Promise<(ending: Ending) => Ending>) => void;
  /** The failed attempts so far. */
  errors: readonly StepError[];
  status: StatusMessage;
}
