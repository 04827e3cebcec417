import { Failure } from "./failure.ts";
import { createRedact } from "./redact.ts";

type Fact = string | number | boolean | undefined | readonly string[];
export type Log = (event: string, facts?: Record<string, Fact>) => void;

/** One JSON line per outcome on standard output, without the secrets. */
export function createLog(worker: string, secrets: readonly string[]): Log {
  const redact = createRedact(secrets);
  return (event, facts = {}) => {
    console.log(redact(JSON.stringify({ worker, event, ...facts })));
  };
}

/** What a log may say of something thrown: its name and message, and the stack of a bug. */
export function describeError(error: unknown): { error: string; stack?: string } {
  if (!(error instanceof Error)) return { error: String(error) };
  const cause = error.cause instanceof Error && error.cause.message !== "" ? ` (cause: ${error.cause.message})` : "";
  const hasStack = error.stack !== undefined && !(error instanceof Failure);
  return { error: `${error.name}: ${error.message}${cause}`, ...(hasStack && { stack: error.stack }) };
}
