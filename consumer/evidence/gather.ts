import { Failure } from "../../shared/failure.ts";
import { codeFound, maxFrames, secondLookMs, sourceTimeoutMs } from "../../shared/limits.ts";
import { describeError, type Log } from "../../shared/log.ts";
import { stackFrames, type StackFrame } from "../../shared/references/stack-frame.ts";
import type { Effect } from "../effect.ts";
import type { Metrics } from "../metrics.ts";
import type { Breakers } from "../stores/breakers.ts";
import type { Behaviour, Code, Findings, Gap, Source, Suspect } from "./evidence.ts";
import { type BehaviourQuestion, namesBehaviour } from "./find-behaviour.ts";
import type { CodeQuestion } from "./find-code.ts";
import { whyOf } from "./partly.ts";
import { inTime, type TimeLimit } from "./time-limit.ts";

/** The sources that are set up. */
export interface Sources {
  behaviour: ((asked: BehaviourQuestion, limit: TimeLimit) => Promise<Behaviour>) | undefined;
  code: ((asked: CodeQuestion, limit: TimeLimit) => Promise<Code>) | undefined;
}

export interface GatherNeeds {
  effect: Effect;
  sources: Sources;
  breakers: Pick<Breakers, "allows" | "record">;
  metrics: Pick<Metrics, "sourceFailed">;
  log: Log;
  now: () => number;
  /** What one source may take. */
  timeoutMs?: number;
}

export interface Question extends Omit<BehaviourQuestion, "reportText" | "askedAt"> {
  /** Everything that was said about the bug. */
  text: string;
  /** Finds where to look, by asking GitHub; or says why nowhere. Throws `Failure` where GitHub does not answer. */
  findRepository: () => Promise<{ name: string; head: string | null } | { reason: string }>;
}

/**
 * Asks all sources at once. Each has its own time limit and circuit breaker; one that fails is a reason on the card, and fails
 * nothing else. Frames of exceptions that only PostHog knew are looked up in the code as soon as they are known.
 */
export async function gather(question: Question, needs: GatherNeeds): Promise<Findings> {
  const { text, findRepository, ...who } = question;
  const { sources } = needs;
  const frames = stackFrames(text).slice(0, maxFrames);
  let finding: ReturnType<Question["findRepository"]> | undefined;
  const asking = askBehaviour({ ...who, reportText: text, askedAt: needs.now() });
  const [behaviour, code, more] = await Promise.all([
    asking,
    askCode("GitHub", { text, frames }),
    asking.then(askFurther),
  ]);
  return { behaviour, code: more ? together(code, more) : code };

  async function askFurther(seen: Source<Behaviour>): Promise<Source<Code> | undefined> {
    if (seen.state === "missing") return undefined;
    const known = new Set(frames.map(placeOf));
    const further = seen.value.exceptions.flatMap((one) => one.frames).filter((frame) => !known.has(placeOf(frame)));
    return further.length === 0 ? undefined : askCode("GitHub for exceptions", { text: "", frames: further });
  }

  async function askBehaviour(asked: BehaviourQuestion): Promise<Source<Behaviour>> {
    const { behaviour: source } = sources;
    if (!source) return missing("not set up (POSTHOG_API_KEY and POSTHOG_PROJECT_ID turn it on)");
    // No answer without a question: it would say nothing about how PostHog is.
    if (!namesBehaviour(asked)) return missing("not asked (nobody, no session and no error is named)");
    return ask("PostHog", async (limit) => found(await source(asked, limit)), needs);
  }

  async function askCode(step: string, asked: Omit<CodeQuestion, "repository" | "head">): Promise<Source<Code>> {
    const { code: source } = sources;
    if (!source) return missing("not set up (GITHUB_TOKEN turns it on)");
    const answer = async (limit: TimeLimit) => {
      const repository = await (finding ??= findRepository().catch(forget));
      if ("reason" in repository) return missing(`not asked (${repository.reason})`);
      return found(await source({ ...asked, repository: repository.name, head: repository.head }, limit));
    };
    return ask(step, answer, needs);
  }

  function forget(error: unknown): never {
    finding = undefined;
    throw error;
  }
}

/**
 * `step` begins with the source's name. A source that asks to wait is asked again after that wait, as a step of its own, where both fit
 * into its time; until then what it gave is kept.
 */
async function ask<T extends Rpc.Serializable<T> & { gaps?: Gap[] | undefined }>(
  step: string,
  answer: (limit: TimeLimit) => Promise<Source<T>>,
  { effect, breakers, metrics, log, now, timeoutMs = sourceTimeoutMs }: GatherNeeds,
): Promise<Source<T>> {
  const [name = step] = step.split(" ");
  let leftMs = timeoutMs;
  let kept: Source<T> = missing("not reached (something broke)");
  const work = async (): Promise<Source<T>> => {
    // Without its breaker a source is asked all the same.
    if (!(await breakers.allows(name, now()).catch(() => true))) {
      return better(kept, missing("not asked (it failed too often in the last minutes)"));
    }
    const askedAt = now();
    const { given, waitMs } = await look(askedAt);
    kept = better(kept, given);
    leftMs -= now() - askedAt + (waitMs ?? 0);
    if (waitMs === undefined || leftMs < secondLookMs) return kept;
    throw new Failure("source_waits", { reply: `${name} asks to wait.`, retry: true, retryAfterMs: waitMs });
  };
  return effect<Source<T>>(`ask ${step}`, work, { timeoutMs: 2 * timeoutMs }).catch(() => kept);

  async function look(askedAt: number): Promise<{ given: Source<T>; waitMs: number | undefined }> {
    try {
      const given = await inTime(leftMs, answer);
      if (given.state === "missing") return { given, waitMs: undefined };
      await breakers.record(name, false, now()).catch(() => undefined);
      const waits = (given.value.gaps ?? []).flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
      return { given, waitMs: waits.length > 0 ? Math.max(...waits) : undefined };
    } catch (error) {
      log("source_failed", { source: name, ...describeError(error) });
      metrics.sourceFailed(name, error, now() - askedAt);
      const failure = error instanceof Failure ? error : undefined;
      // A refusal says nothing about how the source is.
      if (!failure || failure.retry) await breakers.record(name, true, now()).catch(() => undefined);
      const given = missing(`not reached (${failure ? whyOf(failure) : "something broke"})`);
      return { given, waitMs: failure?.retry ? failure.retryAfterMs : undefined };
    }
  }
}

/** What was found is not lost when the next look finds nothing. */
function better<T>(before: Source<T>, after: Source<T>): Source<T> {
  return before.state === "found" && after.state === "missing" ? before : after;
}

function found<T>(value: T): Source<T> {
  return { state: "found", value };
}

function missing(reason: string): { state: "missing"; reason: string } {
  return { state: "missing", reason };
}

function placeOf({ file, line }: StackFrame): string {
  return `${file}:${line}`;
}

/** Both looks into the code as one: where only one of them failed, that is said. */
function together(report: Source<Code>, exceptions: Source<Code>): Source<Code> {
  if (report.state === "found" && exceptions.state === "found") return found(join(exceptions.value, report.value));
  if (report.state === "found" && exceptions.state === "missing") {
    return found(without(report.value, { what: "what the exceptions name", why: exceptions.reason }));
  }
  if (report.state === "missing" && exceptions.state === "found") {
    return found(without(exceptions.value, { what: "what the report names", why: report.reason }));
  }
  return report;
}

function without(code: Code, part: Gap): Code {
  return { ...code, gaps: [...(code.gaps ?? []), part] };
}

/** The first one's findings come first; what both found is there once. */
function join(first: Code, second: Code): Code {
  const gaps = once([...(first.gaps ?? []), ...(second.gaps ?? [])], ({ what, why }) => `${what} ${why}`);
  const suspects = Map.groupBy([...first.suspects, ...second.suspects], ({ path }) => path);
  const commits = once([...first.commits, ...second.commits], ({ sha }) => sha);
  return {
    ...first,
    ...(gaps.length > 0 && { gaps }),
    suspects: [...suspects.values()].map(merge).slice(0, codeFound.suspects),
    commits: commits.toSorted((one, other) => other.at - one.at).slice(0, codeFound.commits),
    pullRequests: once([...first.pullRequests, ...second.pullRequests], ({ number }) => String(number)).slice(
      0,
      codeFound.pullRequests,
    ),
  };
}

function once<T>(items: T[], keyOf: (item: T) => string): T[] {
  return [...new Map(items.toReversed().map((item) => [keyOf(item), item])).values()].toReversed();
}

/** One file, at the line that one of them knows, for all their reasons. */
function merge(same: Suspect[]): Suspect {
  const [first] = same;
  const placed = same.find(({ line }) => line !== undefined) ?? first;
  if (!placed) throw new TypeError("a group has members");
  return { ...placed, reasons: [...new Set(same.flatMap(({ reasons }) => reasons))] };
}
