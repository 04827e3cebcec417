import { createLog, describeError } from "./log.ts";
import { readSettings, secretsOf } from "./settings.ts";

export interface EntryPoint {
  worker: "gateway" | "consumer";
  env: object;
  /** The handler, as Cloudflare names it: `queue`, `alarm`, … */
  handler: string;
  commandId?: string;
}

declare global {
  /** workerd has it, and its types do not. */
  function addEventListener(type: "error", handler: (event: ErrorEvent) => void): void;
}

/** What was told already, in this isolate. */
const told = new WeakSet();

/**
 * Runs a handler of an entry point. What it throws is logged, with its stack, and thrown on: the runtime tells only a tail, and whoever
 * called decides what becomes of it (a queue delivers again, an alarm is tried again). What another Worker or a Durable Object threw has been
 * logged there, where its stack is.
 */
export async function logThrown<T>(entry: EntryPoint, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    tell(entry, error);
    throw error;
  }
}

/** Logs what throws outside every handler: a socket's listener, a promise that nobody waits for. Once in an isolate, when its module is loaded. */
export function logUnhandled(worker: EntryPoint["worker"], env: object): void {
  addEventListener("error", ({ error }) => tell({ worker, env, handler: "listener" }, error));
  addEventListener("unhandledrejection", ({ reason }) => tell({ worker, env, handler: "promise" }, reason));
}

function tell({ worker, env, ...facts }: EntryPoint, error: unknown): void {
  if (typeof error === "object" && error !== null) {
    // https://developers.cloudflare.com/durable-objects/best-practices/error-handling/
    if (told.has(error) || ("remote" in error && error.remote === true)) return;
    told.add(error);
  }
  const secrets = secretsIn(env);
  const described = secrets ? describeError(error) : { error: error instanceof Error ? error.name : typeof error };
  createLog(worker, secrets ?? [])("threw", { ...facts, ...described });
}

/** Undefined where the settings are what cannot be read: then nothing may be said that could hold one. */
function secretsIn(env: object): string[] | undefined {
  try {
    return secretsOf(readSettings(env));
  } catch {
    return undefined;
  }
}
