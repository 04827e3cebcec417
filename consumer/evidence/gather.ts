import { Failure } from "../../shared/failure.ts";
import { sourceTimeoutMs } from "../../shared/limits.ts";
import { describeError, type Log } from "../../shared/log.ts";
import { stackFrames, type StackFrame } from "../../shared/references/stack-frame.ts";
import type { Effect } from "../effect.ts";
import type { Breakers } from "../stores/breakers.ts";
import type { Behaviour, Code, Findings, Source } from "./evidence.ts";
import type { BehaviourQuestion } from "./find-behaviour.ts";
import type { CodeQuestion } from "./find-code.ts";

/** The sources that are set up. */
export interface Sources {
  behaviour: ((asked: BehaviourQuestion) => Promise<Behaviour>) | undefined;
  code: ((asked: CodeQuestion) => Promise<Code>) | undefined;
}

export interface GatherNeeds {
  effect: Effect;
  sources: Sources;
  breakers: Breakers;
  log: Log;
  now: () => number;
  /** What one source may take. */
  timeoutMs?: number;
}

export interface Question extends Omit<BehaviourQuestion, "reportText"> {
  /** Everything that was said about the bug. */
  text: string;
  /** Where to look, once it is known; or why nowhere. */
  repository: Promise<{ name: string } | { reason: string }>;
}

/**
 * Asks all sources at once. Each has its own time limit and circuit breaker; one that fails is a reason on the card, and fails
 * nothing else. Frames of exceptions that only PostHog knew are looked up in the code afterwards.
 */
export async function gather(question: Question, needs: GatherNeeds): Promise<Findings> {
  const { text, repository, ...who } = question;
  const { sources } = needs;
  const frames = stackFrames(text);
  const [behaviour, code] = await Promise.all([
    sources.behaviour
      ? ask("PostHog", sources.behaviour, { ...who, reportText: text }, needs)
      : missing("not set up (POSTHOG_API_KEY and POSTHOG_PROJECT_ID turn it on)"),
    askCode("GitHub", { text, frames }),
  ]);
  if (behaviour.state === "missing" || code.state === "missing") return { behaviour, code };

  const known = new Set(frames.map(placeOf));
  const further = behaviour.value.exceptions
    .flatMap((seen) => seen.frames)
    .filter((frame) => !known.has(placeOf(frame)));
  if (further.length === 0) return { behaviour, code };
  const more = await askCode("GitHub for exceptions", { text: "", frames: further });
  return { behaviour, code: more.state === "found" ? { state: "found", value: join(more.value, code.value) } : code };

  async function askCode(step: string, asked: Omit<CodeQuestion, "repository">): Promise<Source<Code>> {
    if (!sources.code) return missing("not set up (GITHUB_TOKEN turns it on)");
    const where = await repository;
    if ("reason" in where) return missing(where.reason);
    return ask(step, sources.code, { ...asked, repository: where.name }, needs);
  }
}

async function ask<Asked, T extends Rpc.Serializable<T>>(
  step: string,
  source: (asked: Asked) => Promise<T>,
  asked: Asked,
  { effect, breakers, log, now, timeoutMs = sourceTimeoutMs }: GatherNeeds,
): Promise<Source<T>> {
  const [name = step] = step.split(" ");
  const work = async (): Promise<Source<T>> => {
    // Without its breaker a source is asked all the same.
    if (!(await breakers.allows(name, now()).catch(() => true))) {
      return missing("not asked (it failed too often in the last minutes)");
    }
    try {
      const value = await inTime(source(asked), timeoutMs);
      await breakers.record(name, false, now()).catch(() => undefined);
      return { state: "found", value };
    } catch (error) {
      log("source_failed", { source: name, ...describeError(error) });
      const isRefusal = error instanceof Failure && !error.retry;
      await breakers.record(name, !isRefusal, now()).catch(() => undefined);
      return missing(`not reached (${reasonOf(error)})`);
    }
  };
  return effect<Source<T>>(`ask ${step}`, work, { attempts: 1, timeoutMs: 2 * timeoutMs }).catch(() =>
    missing("not reached (something broke)"),
  );
}

function missing(reason: string): { state: "missing"; reason: string } {
  return { state: "missing", reason };
}

class TooLate extends Error {}

async function inTime<T>(answer: Promise<T>, timeoutMs: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new TooLate(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof TooLate) return error.message;
  return error instanceof Failure ? error.reply.replace(/\.$/, "") : "something broke";
}

function placeOf({ file, line }: StackFrame): string {
  return `${file}:${line}`;
}

/** The first one's findings come first; what both found is there once. */
function join(first: Code, second: Code): Code {
  const once = <T>(items: T[], keyOf: (item: T) => string): T[] =>
    [...new Map(items.toReversed().map((item) => [keyOf(item), item])).values()].toReversed();
  return {
    ...first,
    suspects: once([...first.suspects, ...second.suspects], ({ url }) => url),
    commits: once([...first.commits, ...second.commits], ({ sha, path }) => `${sha} ${path}`).toSorted(
      (one, other) => other.at - one.at,
    ),
    pullRequests: once([...first.pullRequests, ...second.pullRequests], ({ number }) => String(number)),
  };
}
