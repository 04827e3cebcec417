/** A request that is refused: the status, and a body that says why. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;
  readonly body: { error: string; field?: string };

  constructor(status: number, error: string, details: { field?: string } = {}) {
    super(error);
    this.status = status;
    this.body = { error, ...details };
  }
}
