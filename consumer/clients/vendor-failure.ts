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
  if (status !== undefined && status < 500) {
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

/** `Retry-After` in ms: seconds, as every vendor here sends it. */
export function parseRetryAfter(header: string | number | null | undefined): number | undefined {
  const seconds = Number(header);
  return header === null || header === undefined || header === "" || !Number.isFinite(seconds)
    ? undefined
    : Math.max(0, seconds * 1000);
}
