import { healthLimits } from "../shared/limits.ts";

/** How something that bugbot itself is made of does. */
export type Part =
  | { state: "on" }
  | { state: "unreachable" }
  | { state: "waiting"; messages: number }
  | { state: "incomplete"; missing: readonly string[] };

export interface CheckPartsNeeds {
  db: D1Database;
  queue: Pick<Queue, "metrics">;
  /** A container server that always runs. A Cloudflare Container is there only while it works, and is not started to be looked at. */
  executorUrl: string | undefined;
  timeoutMs?: number;
}

/** Looks at all of them at once. None waits long, none throws, and what a part does not tell is left out. */
export async function checkParts({
  db,
  queue,
  executorUrl,
  timeoutMs = healthLimits.timeoutMs,
}: CheckPartsNeeds): Promise<Record<string, Part>> {
  const [database, container, waiting] = await Promise.all([
    reach(() => db.prepare("SELECT 1 FROM commands WHERE id = ''").first(), timeoutMs, withoutTables),
    executorUrl === undefined
      ? undefined
      : reach(() => askServer(new URL("/health", executorUrl), timeoutMs), timeoutMs),
    inTime(async () => (await queue.metrics()).backlogCount, timeoutMs).catch(() => undefined),
  ]);
  return {
    database,
    ...(container && { container }),
    ...(waiting !== undefined && { queue: backlog(waiting) }),
  };
}

function backlog(messages: number): Part {
  return messages > healthLimits.backlog ? { state: "waiting", messages } : { state: "on" };
}

async function askServer(url: URL, timeoutMs: number): Promise<void> {
  const { ok, status } = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!ok) throw new Error(`HTTP ${status}`);
}

/** A database that answers, but has not been given its tables. */
function withoutTables(error: unknown): Part | undefined {
  if (!(error instanceof Error) || !error.message.includes("no such table")) return undefined;
  return { state: "incomplete", missing: ["the migrations of consumer/migrations"] };
}

async function reach(
  look: () => Promise<unknown>,
  timeoutMs: number,
  explain: (error: unknown) => Part | undefined = () => undefined,
): Promise<Part> {
  try {
    await inTime(look, timeoutMs);
    return { state: "on" };
  } catch (error) {
    return explain(error) ?? { state: "unreachable" };
  }
}

async function inTime<T>(look: () => Promise<T>, timeoutMs: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("too late")), timeoutMs);
  try {
    return await Promise.race([look(), late]);
  } finally {
    clearTimeout(timer);
  }
}
