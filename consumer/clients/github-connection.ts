import { Octokit } from "@octokit/rest";
import { Failure } from "../../shared/failure.ts";
import { asItIs, type Redact } from "../../shared/redact.ts";
import { maxGitHubAnswerBytes, vendorTimeoutMs } from "../../shared/limits.ts";
import { callSignal } from "../attempt.ts";
import { fetchRedacted } from "./fetch-redacted.ts";
import type { GitHubAccess, Purpose } from "./github-access.ts";
import { githubFailure, readRefusal, type Refusal } from "./github-failure.ts";
import { limitBody } from "./limit-body.ts";
import { redactAnswer } from "./redact-answer.ts";
import { unreadableAnswer } from "./vendor-failure.ts";

export interface ConnectionOptions {
  access: GitHubAccess;
  /** `https://api.github.com`, without a trailing slash. */
  apiUrl: string;
  /** For what is sent. */
  redact?: Redact;
  /** For what is read; without it a commit's message can be judged as it is. */
  redactAnswers?: Redact;
}

/** What every call on one repository is made with; the token goes along as a header. */
export type At = { owner: string; repo: string; headers: { authorization: string } };
type Call<T> = (rest: Octokit["rest"], at: At, graphql: Octokit["graphql"]) => Promise<T>;

export type GitHubConnection = ReturnType<typeof connectGitHub>;

/** GitHub's REST API, and what only its GraphQL has, each call with a token for its repository and purpose. */
export function connectGitHub({ access, apiUrl, redact, redactAnswers }: ConnectionOptions) {
  const { rest, graphql } = createOctokit(apiUrl, {}, redact, redactAnswers);

  async function send<T>(repository: string, purpose: Purpose, call: Call<T>): Promise<T> {
    for (let again = false; ; again = true) {
      const token = await access.token(repository, purpose);
      try {
        return await call(rest, { ...parts(repository), headers: { authorization: `token ${token}` } }, graphql);
      } catch (error) {
        if (again || !isEnded(readRefusal(error)) || !access.forget(token)) throw error;
      }
    }
  }
  function failed(error: unknown, repository: string, purpose: Purpose): Failure {
    const { whenUnknown, whenForbidden } = access;
    return githubFailure(error, { whenUnknown, whenForbidden: whenForbidden(repository, purpose) });
  }

  /** Throws `Failure`. */
  const ask = async <T>(repository: string, purpose: Purpose, call: Call<T>): Promise<T> => {
    try {
      return await send(repository, purpose, call);
    } catch (error) {
      throw failed(error, repository, purpose);
    }
  };

  /** Undefined where GitHub answers with one of `absent`. Throws `Failure`. */
  const find = async <T>(
    repository: string,
    call: Call<T>,
    absent: readonly number[] = [404],
  ): Promise<T | undefined> => {
    try {
      return await send(repository, "read", call);
    } catch (error) {
      if (absent.includes(readRefusal(error).status ?? 0)) return undefined;
      throw failed(error, repository, "read");
    }
  };
  return { ask, find };
}

/** Whether it is the token that GitHub no longer takes. */
function isEnded({ status, message = "" }: Refusal): boolean {
  return status === 401 || (status === 403 && /suspended/i.test(message));
}

/** `authentication`: Octokit's options of that kind, where it shall sign by itself. */
export function createOctokit(
  apiUrl: string,
  authentication: { authStrategy?: unknown; auth?: unknown } = {},
  redact: Redact = asItIs,
  redactAnswers?: Redact,
) {
  return new Octokit({
    ...authentication,
    baseUrl: apiUrl,
    userAgent: "bugbot",
    // Octokit's own request lines are no JSON; failures are logged by whoever meets them.
    log: { debug: silent, info: silent, warn: silent, error: silent },
    request: {
      fetch: async (url: string, init: RequestInit) => {
        const response = await fetchRedacted(redact, url, { ...init, signal: callSignal(vendorTimeoutMs) });
        const whole = await limitBody(response, maxGitHubAnswerBytes, tooLarge());
        if (whole.ok && whole.status !== 204 && init.method !== "HEAD") await requireJson(whole.clone());
        if (!redactAnswers || whole.body === null) return whole;
        return new Response(redactAnswer(await whole.text(), redactAnswers), whole);
      },
    },
  });
}

/** Octokit takes what is no JSON for text. */
async function requireJson(response: Response): Promise<void> {
  try {
    await response.json();
  } catch (error) {
    throw unreadableAnswer("GitHub", error);
  }
}

function tooLarge(): Failure {
  return new Failure("github_too_large", { reply: "GitHub's answer is too large to read.", retry: false });
}

function silent(): void {}

export function parts(repository: string): { owner: string; repo: string } {
  const [owner = "", repo = ""] = repository.split("/");
  return { owner, repo };
}
