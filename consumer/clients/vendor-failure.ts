import { Failure } from "../../shared/failure.ts";

export interface VendorError {
  /** As people know it: "GitHub", "Linear". */
  vendor: string;
  /** HTTP status, when there was an answer. */
  status?: number | undefined;
  retryAfterMs?: number | undefined;
  /** Who must look at what when the credential is refused. */
  credential: string;
  cause: unknown;
}

/** One vendor's refusal or silence in the words a person can act on. */
export function vendorFailure({ vendor, status, retryAfterMs, credential, cause }: VendorError): Failure {
  const code = vendor.toLowerCase();
  const limited = status === 429 || (status === 403 && retryAfterMs !== undefined);
  if (limited)
    return new Failure(`${code}_rate_limited`, {
      reply: `${vendor} asks to slow down.`,
      retry: true,
      retryAfterMs,
      cause,
    });
  if (status === 401 || status === 403) {
    return new Failure(`${code}_refused`, {
      reply: `${vendor} refuses my access: ${credential}.`,
      retry: false,
      cause,
    });
  }
  // 408: the request took too long to arrive.
  if (status !== undefined && status < 500 && status !== 408) {
    return new Failure(`${code}_rejected`, {
      reply: `${vendor} did not accept this (HTTP ${status}).`,
      retry: false,
      cause,
    });
  }
  const how = status === undefined ? "does not answer" : `has trouble (HTTP ${status})`;
  return new Failure(`${code}_unreachable`, { reply: `${vendor} ${how}.`, retry: true, retryAfterMs, cause });
}

/** An answer that is cut off, or of another shape than documented. */
export function unreadableAnswer(vendor: string, cause: unknown): Failure {
  const reply = `I cannot read what ${vendor} answers.`;
  return new Failure(`${vendor.toLowerCase()}_unreadable`, { reply, retry: true, cause });
}

/** A limit that does not say for how long is waited for so long. */
const unsaidWaitMs = 10_000;

/** How long an answer asks to wait, in ms: some time where it is a limit, and otherwise nothing where it does not say. */
export function waitOf(status: number, headers: Headers): number | undefined {
  return parseRetryAfter(headers.get("retry-after")) ?? (status === 429 ? unsaidWaitMs : undefined);
}

const maxRetryAfterMs = 24 * 60 * 60_000;

/** `Retry-After` in ms: seconds, or a date. Undefined where it is neither, or more than a day. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
export function parseRetryAfter(header: string | number | null | undefined, nowMs = Date.now()): number | undefined {
  const said = String(header ?? "").trim();
  const isDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(said);
  const ms = isDate ? Date.parse(said) - nowMs : /^\d+(\.\d+)?$/.test(said) ? Number(said) * 1000 : Number.NaN;
  if (Number.isNaN(ms) || ms > maxRetryAfterMs) return undefined;
  return Math.max(0, ms);
}
