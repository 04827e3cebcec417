import * as z from "zod/mini";
import { Failure } from "../../shared/failure.ts";
import { behaviourLimits, maxPostHogAnswerBytes, sourceTimeoutMs } from "../../shared/limits.ts";
import { asItIs, type Redact, redactJson } from "../../shared/redact.ts";
import { callSignal } from "../attempt.ts";
import { fetchRedacted } from "./fetch-redacted.ts";
import { limitBody } from "./limit-body.ts";
import {
  actionRow,
  exceptionRow,
  type FoundRecording,
  type Issue,
  type Person,
  personRow,
  recordingSchema,
  recordingsSchema,
  refusalSchema,
  type SessionEvent,
} from "./posthog-answers.ts";
import { actionsQuery, exceptionsQuery, ignoredEvents, peopleQuery } from "./posthog-queries.ts";
import { parseRetryAfter, unreadableAnswer, vendorFailure } from "./vendor-failure.ts";

export interface PostHogOptions {
  /** A personal API key. */
  apiKey: string;
  projectId: string;
  /** `https://us.posthog.com`, without a trailing slash. */
  host: string;
  redact?: Redact;
}

/** Where an exception was seen, or what it says. */
export type ExceptionSeen =
  | { in: "sessions" | "people"; ids: readonly string[] }
  | { in: "message"; type: string; message: string }
  | { in: "source"; file: string };

/** How many of a person's recordings are looked at for those closest to a moment. */
const listed = 20;
const people = 3;

export type PostHog = ReturnType<typeof createPostHog>;

/** PostHog in bugbot's words; times are in ms since the epoch. Every method throws `Failure`. */
export function createPostHog({ apiKey, projectId, host, redact = asItIs }: PostHogOptions) {
  const project = encodeURIComponent(projectId);

  /** Undefined: PostHog knows no such thing, or no such project, which it answers alike. */
  async function request<T>(path: string, schema: z.ZodMiniType<T>, body?: object): Promise<T | undefined> {
    const method = body ? "POST" : "GET";
    const what = `${method} ${path.split("?", 1)[0]}`;
    try {
      const response = await fetchRedacted(redact, `${host}/api/projects/${project}${path}`, {
        method,
        headers: { authorization: `Bearer ${apiKey}`, ...(body && { "content-type": "application/json" }) },
        ...(body && { body: JSON.stringify(body) }),
        // A key goes nowhere else.
        redirect: "manual",
        signal: callSignal(sourceTimeoutMs),
      });
      if (!response.ok) return await refusal(response, what);
      const parsed = schema.safeParse(redactJson(await readJson(response), redact));
      if (parsed.success) return parsed.data;
      throw unreadableAnswer("PostHog", parsed.error);
    } catch (error) {
      if (error instanceof Failure) throw error;
      if (error instanceof SyntaxError) throw unreadableAnswer("PostHog", error);
      throw vendorFailure({ vendor: "PostHog", credential: "", cause: error });
    }
  }

  async function refusal(response: Response, what: string): Promise<undefined> {
    const { status } = response;
    const answer = redactJson(await readJson(response).catch(() => undefined), redact);
    const { code, detail } = refusalSchema.safeParse(answer).data ?? {};
    if (status === 404) return undefined;
    const scope = /required scope '([\w:]{1,60})'/.exec(detail ?? "")?.[1];
    throw vendorFailure({
      vendor: "PostHog",
      status,
      retryAfterMs: parseRetryAfter(response.headers.get("retry-after")),
      credential: scope
        ? `POSTHOG_API_KEY lacks the scope \`${scope}\``
        : `check that POSTHOG_API_KEY is a personal API key with \`query:read\` and \`session_recording:read\` on project ${projectId}`,
      cause: new Error(`${what}: ${status} ${code ?? ""} ${detail?.slice(0, 300) ?? ""}`),
    });
  }

  async function inProject<T>(answer: Promise<T | undefined>): Promise<T> {
    const found = await answer;
    if (found !== undefined) return found;
    const reply = `PostHog knows no project ${projectId}, or my key may not see it: check POSTHOG_PROJECT_ID and POSTHOG_HOST.`;
    throw new Failure("posthog_no_project", { reply, retry: false });
  }

  /** `values` are bound to the query's `{placeholders}` by PostHog. */
  async function select<T>(name: string, query: string, values: object, row: z.ZodMiniType<T>): Promise<T[]> {
    const body = { query: { kind: "HogQLQuery", query, values, name: `bugbot: ${name}` } };
    return (await inProject(request("/query/", z.object({ results: z.array(row) }), body))).results;
  }

  const page = `${host}/project/${project}`;
  return {
    people: (emails: readonly string[]): Promise<Person[]> =>
      select("people", peopleQuery, { emails: emails.map((email) => email.toLowerCase()), limit: people }, personRow),

    async recording(sessionId: string): Promise<FoundRecording | undefined> {
      return request(`/session_recordings/${encodeURIComponent(sessionId)}/`, recordingSchema);
    },

    /** The newest between two moments. */
    async recordingsOf(personId: string, from: number, to: number): Promise<FoundRecording[]> {
      const asked = new URLSearchParams({
        person_uuid: personId,
        date_from: new Date(from).toISOString(),
        date_to: new Date(to).toISOString(),
        order: "start_time",
        limit: String(listed),
      });
      const { results } = await inProject(request(`/session_recordings/?${asked.toString()}`, recordingsSchema));
      return results.filter((recording) => recording !== undefined);
    },

    /** The exceptions and last actions of each session that began after `from`, oldest first. */
    actions(sessions: readonly string[], from: number): Promise<SessionEvent[]> {
      const { actions, exceptions } = behaviourLimits;
      const limit = sessions.length * (actions + exceptions);
      const values = { sessions, earliest: seconds(from), ignored: ignoredEvents, actions, exceptions, limit };
      return select("actions", actionsQuery, values, actionRow);
    },

    /** Latest first. People are counted since `since`, everything else since `from`. */
    exceptions({ in: origin, ...values }: ExceptionSeen, from: number, since: number): Promise<Issue[]> {
      const range = { earliest: seconds(from), since: seconds(since), limit: behaviourLimits.exceptions };
      return select(`exceptions of ${origin}`, exceptionsQuery(origin), { ...values, ...range }, exceptionRow);
    },

    pages: {
      person: (id: string) => `${page}/persons/${id}`,
      issue: (id: string) => `${page}/error_tracking/${id}`,
      recording: (sessionId: string, second = 0) =>
        `${page}/replay/${sessionId}${second > 0 ? `?t=${Math.floor(second)}` : ""}`,
    },
  };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

async function readJson(response: Response): Promise<unknown> {
  const reply = `PostHog's answer is larger than ${maxPostHogAnswerBytes / 1024 / 1024} MB, so I did not read it.`;
  const tooLarge = new Failure("posthog_too_large", { reply, retry: false });
  return (await limitBody(response, maxPostHogAnswerBytes, tooLarge)).json();
}
