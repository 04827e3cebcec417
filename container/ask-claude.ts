import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Job, Outcome, Usage } from "../shared/job.ts";
import { claudeArguments } from "./claude-arguments.ts";
import { interruption, readClaudeMessage, userMessage, type ClaudeResult, type ClaudeTurn } from "./claude-message.ts";
import { endProcesses } from "./end-processes.ts";
import type { Environment } from "./environment.ts";
import type { Recorder } from "./event-log.ts";
import { graceMs, maxLineBytes, maxReasonLength, maxSummaryLength } from "./limits.ts";
import type { Session } from "./memory.ts";
import { plainText } from "./plain-text.ts";
import { readLines } from "./read-lines.ts";
import { startProcess } from "./start-process.ts";
import { toolWords } from "./tool-words.ts";

/** What a person says to the agent while it runs. */
export interface Inbox {
  /** Hands over what was said so far and each later message, until `close`. */
  open: (deliver: (text: string) => void) => void;
  /** From here on nobody listens. */
  close: () => void;
}

export type Answer =
  | { kind: "answered"; summary: string; usage: Usage }
  | Extract<Outcome, { kind: "out_of_turns" | "out_of_budget" | "agent_failed" }>;

export interface AskNeeds {
  /** The job's folder; `repository` is in it. */
  folder: string;
  repository: string;
  session: Session;
  environment: Environment;
  recorder: Recorder;
  inbox: Inbox;
  signal: AbortSignal;
  /** Told as soon as it is known, also when the run is then interrupted. */
  onUsage: (usage: Usage) => void;
}

/**
 * Runs Claude Code in the repository until it has answered the prompt and every follow-up. Its exit code says nothing:
 * the `result` line is the end. Whatever the agent started is gone when this returns.
 */
export async function askClaude(job: Job, prompt: string, needs: AskNeeds): Promise<Answer> {
  const { folder, repository, session, recorder, inbox, signal, onUsage } = needs;
  signal.throwIfAborted();
  const environment = claudeEnvironment(job, folder, needs.environment);
  const child = await startProcess("claude", claudeArguments(job, session), repository, environment);

  const unread = new Set<string>();
  const say = (text: string): void => {
    const uuid = randomUUID();
    unread.add(uuid);
    child.stdin.write(userMessage(text, uuid));
  };
  say(prompt);
  inbox.open(say);

  let ending: Promise<void> | undefined;
  const end = (): Promise<void> =>
    (ending ??= endProcesses(child.pid, [folder], child.ended, graceMs).then(() => void child.stdout.destroy()));
  const interrupt = (): void => {
    child.stdin.write(interruption);
    void wait(graceMs, undefined, { ref: false }).then(end);
  };
  signal.addEventListener("abort", interrupt, { once: true });
  if (signal.aborted) interrupt();
  // A background process of the agent can keep the output open after the agent itself has crashed.
  void child.ended.then(() => wait(graceMs, undefined, { ref: false })).then(end);

  let result: ClaudeResult | undefined;
  let usage = noUsage;
  try {
    // Read to the end: Claude Code takes two seconds longer to leave when nobody listens.
    for await (const line of readLines(child.stdout, maxLineBytes)) {
      const message = ending ? undefined : readClaudeMessage(line);
      if (message?.type === "user") unread.delete(message.uuid);
      if (message?.type === "command_lifecycle" && message.state !== "queued") unread.delete(message.command_uuid);
      if (message?.type === "assistant") recordTurn(message, repository, recorder);
      if (message?.type !== "result") continue;
      result = message;
      usage = addUsage(usage, message);
      onUsage(usage);
      if (unread.size > 0 && !message.is_error && !signal.aborted) continue;
      inbox.close();
      child.stdin.end();
      void end();
    }
  } finally {
    inbox.close();
    signal.removeEventListener("abort", interrupt);
    await end();
  }
  signal.throwIfAborted();
  return result ? readResult(result, usage) : { kind: "agent_failed", reason: crashReason(child.errorTail()), usage };
}

function recordTurn({ message }: ClaudeTurn, repository: string, recorder: Recorder): void {
  if (message.model === "<synthetic>") return;
  for (const block of message.content) {
    if ("text" in block) recorder.said(block.text);
    else if ("name" in block) recorder.tool(toolWords(block.name, block.input, repository));
  }
}

export const noUsage: Usage = { costUsd: 0, turns: 0, durationMs: 0 };

/** What Claude Code runs with, besides its arguments. */
export function claudeEnvironment(job: Job, folder: string, environment: Environment): Environment {
  return {
    ...environment,
    CLAUDE_CONFIG_DIR: join(folder, "claude"),
    ANTHROPIC_BASE_URL: job.model.baseUrl,
    // The egress puts the real key in its place.
    ANTHROPIC_API_KEY: "placeholder",
    DISABLE_AUTOUPDATER: "1",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1",
    CLAUDE_CODE_DISABLE_AUTO_MEMORY: "1",
    // "@path" in a stranger's words does not attach a file.
    CLAUDE_CODE_DISABLE_FILE_MENTIONS: "1",
    // About eight seconds for an API that refuses at once; without it, three minutes.
    CLAUDE_CODE_MAX_RETRIES: "4",
  };
}

/** Each follow-up that is answered apart has its own result: its turns and time are its own, its cost is the sum so far. */
function addUsage({ turns, durationMs }: Usage, { total_cost_usd, num_turns, duration_ms }: ClaudeResult): Usage {
  return { costUsd: total_cost_usd, turns: turns + num_turns, durationMs: durationMs + duration_ms };
}

function readResult(result: ClaudeResult, usage: Usage): Answer {
  if (result.subtype === "error_max_turns") return { kind: "out_of_turns", usage };
  if (result.subtype === "error_max_budget_usd") return { kind: "out_of_budget", usage };
  if (result.is_error || result.subtype !== "success") {
    const reason = plainText(result.result ?? result.errors?.join("\n") ?? "", maxReasonLength) || result.subtype;
    return { kind: "agent_failed", reason, usage };
  }
  return { kind: "answered", summary: plainText(result.result ?? "", maxSummaryLength), usage };
}

function crashReason(errorTail: string): string {
  const words = plainText(errorTail, maxReasonLength * 4).slice(-maxReasonLength);
  return words || "Claude Code ended without an answer";
}
