export interface ValidationProblem {
  code: "already_exists" | "custom" | "invalid" | "missing_field" | "unprocessable";
  field?: string;
  message?: string;
}

/** An answer that is no success, in GitHub's own shape. https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api */
export class GitHubError extends Error {
  readonly status: number;
  readonly errors: object[] | undefined;
  constructor(status: number, message: string, errors?: object[]) {
    super(message);
    this.status = status;
    this.errors = errors;
  }

  answer(): Response {
    const { status, message, errors } = this;
    const body = {
      message,
      ...(errors && { errors }),
      documentation_url: "https://docs.github.com/rest",
      status: `${status}`,
    };
    return Response.json(body, { status });
  }
}

export function validationFailed(errors: (ValidationProblem & { resource: string })[]): GitHubError {
  return new GitHubError(422, "Validation Failed", errors);
}
