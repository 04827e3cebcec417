export interface FailureOptions {
  /** What the person reads: the reason, and what to do about it. */
  reply: string;
  /** Whether trying the same again can help. */
  retry: boolean;
  /** How long to wait before trying again, when the other side said so. */
  retryAfterMs?: number | undefined;
  cause?: unknown;
}

/** An expected end. Anything else that is thrown is a bug. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly code: string;
  readonly reply: string;
  readonly retry: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: string, { reply, retry, retryAfterMs, cause }: FailureOptions) {
    super(`${code}: ${reply}`, { cause });
    this.code = code;
    this.reply = reply;
    this.retry = retry;
    this.retryAfterMs = retryAfterMs;
  }
}
