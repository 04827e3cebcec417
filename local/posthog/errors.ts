/** An answer that is no success, in PostHog's own shape. https://posthog.com/docs/api */
export class PostHogError extends Error {
  readonly status: number;
  readonly type: string;
  readonly code: string;
  constructor(status: number, type: string, code: string, detail: string) {
    super(detail);
    this.status = status;
    this.type = type;
    this.code = code;
  }

  answer(): Response {
    const { status, type, code, message: detail } = this;
    return Response.json({ type, code, detail, attr: null }, { status });
  }
}

export function invalid(detail: string, code = "invalid_input"): PostHogError {
  return new PostHogError(400, "validation_error", code, detail);
}

export function notFound(detail = "Not found."): PostHogError {
  return new PostHogError(404, "invalid_request", "not_found", detail);
}
