import { Failure } from "../../shared/failure.ts";
import { maxFrames, sourceTimeoutMs } from "../../shared/limits.ts";
import { describeError, type Log } from "../../shared/log.ts";
import { stackFrames, type StackFrame } from "../../shared/references/stack-frame.ts";
import type { Effect } from "../effect.ts";
import type { Metrics } from "../metrics.ts";
import type { Breakers } from "../stores/breakers.ts";
import type { Behaviour, Code, Findings, Source } from "./evidence.ts";
import { type BehaviourQuestion, namesBehaviour } from "./find-behaviour.ts";
import type { CodeQuestion } from "./find-code.ts";

/** The sources that are set up. */
export interface Sources {
  behaviour: ((asked: BehaviourQuestion) => Promise<Behaviour>) | undefined;
  code: ((asked: CodeQuestion) => Promise<Code>) | undefined;
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

export interface Question extends Omit<BehaviourQuestion, "reportText"> {
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
  const asking = askBehaviour({ ...who, reportText: text });
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
    return ask("PostHog", async () => found(await source(asked)), needs);
  }

  async function askCode(step: string, asked: Omit<CodeQuestion, "repository" | "head">): Promise<Source<Code>> {
    const { code: source } = sources;
    if (!source) return missing("not set up (GITHUB_TOKEN turns it on)");
    const answer = async () => {
      const repository = await (finding ??= findRepository());
      if ("reason" in repository) return missing(`not asked (${repository.reason})`);
      return found(await source({ ...asked, repository: repository.name, head: repository.head }));
    };
    return ask(step, answer, needs);
  }
}

/** `step` begins with the source's name. */
async function ask<T extends Rpc.Serializable<T>>(
  step: string,
  answer: () => Promise<Source<T>>,
  { effect, breakers, metrics, log, now, timeoutMs = sourceTimeoutMs }: GatherNeeds,
): Promise<Source<T>> {
  const [name = step] = step.split(" ");
  const work = async (): Promise<Source<T>> => {
    // Without its breaker a source is asked all the same.
    if (!(await breakers.allows(name, now()).catch(() => true))) {
      return missing("not asked (it failed too often in the last minutes)");
    }
    const askedAt = now();
    try {
      const given = await inTime(answer(), timeoutMs);
      if (given.state === "found") await breakers.record(name, false, now()).catch(() => undefined);
      return given;
    } catch (error) {
      log("source_failed", { source: name, ...describeError(error) });
      metrics.sourceFailed(name, error, now() - askedAt);
      // A refusal says nothing about how the source is.
      const isRefusal = error instanceof Failure && !error.retry;
      if (!isRefusal) await breakers.record(name, true, now()).catch(() => undefined);
      return missing(`not reached (${reasonOf(error)})`);
    }
  };
  return effect<Source<T>>(`ask ${step}`, work, { attempts: 1, timeoutMs: 2 * timeoutMs }).catch(() =>
    missing("not reached (something broke)"),
  );
}

function found<T>(value: T): Source<T> {
  return { state: "found", value };
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

/** Both looks into the code as one: where only one of them failed, that is said. */
function together(report: Source<Code>, exceptions: Source<Code>): Source<Code> {
  if (report.state === "found" && exceptions.state === "found") return found(join(exceptions.value, report.value));
  if (report.state === "found" && exceptions.state === "missing") {
    return found(without(report.value, `what the exceptions name (${exceptions.reason})`));
  }
  if (report.state === "missing" && exceptions.state === "found") {
    return found(without(exceptions.value, `what the report names (${report.reason})`));
  }
  return report;
}

function without(code: Code, part: string): Code {
  return { ...code, missing: [...(code.missing ?? []), part] };
}

/** The first one's findings come first; what both found is there once. */
function join(first: Code, second: Code): Code {
  const once = <T>(items: T[], keyOf: (item: T) => string): T[] =>
    [...new Map(items.toReversed().map((item) => [keyOf(item), item])).values()].toReversed();
  const lacking = [...new Set([...(first.missing ?? []), ...(second.missing ?? [])])];
  return {
    ...first,
    ...(lacking.length > 0 && { missing: lacking }),
    suspects: once([...first.suspects, ...second.suspects], ({ url }) => url),
    commits: once([...first.commits, ...second.commits], ({ sha, path }) => `${sha} ${path}`).toSorted(
      (one, other) => other.at - one.at,
    ),
    pullRequests: once([...first.pullRequests, ...second.pullRequests], ({ number }) => String(number)),
  };
}
