import { Hono } from "hono";
import * as z from "zod";
import { recordingAnswer } from "./answers.ts";
import { invalid, notFound, PostHogError } from "./errors.ts";
import type { Project, Recording } from "./project.ts";

export interface RestNeeds {
  project: Project;
  projectId: string;
  apiKey: string;
  /** What the key may do. */
  scopes: () => readonly string[];
  now: () => number;
}

const querySchema = z.object({
  query: z.strictObject({
    kind: z.literal("HogQLQuery"),
    query: z.string(),
    values: z.record(z.string(), z.unknown()).nullish(),
    name: z.string().nullish(),
  }),
  refresh: z.string().nullish(),
  name: z.string().nullish(),
});

/** Of https://posthog.com/docs/api/session-recordings, whose filters are those of a recordings query. */
const listSchema = z.strictObject({
  person_uuid: z.string().optional(),
  date_from: z.iso.datetime().optional(),
  date_to: z.iso.datetime().optional(),
  order: z.enum(["start_time", "duration", "console_error_count"]).default("start_time"),
  limit: z.coerce.number().int().positive().default(50),
});
const dayMs = 24 * 60 * 60 * 1000;

/** The REST routes that bugbot asks. https://posthog.com/docs/api */
export function createRest({ project, projectId, apiKey, scopes, now }: RestNeeds) {
  const app = new Hono();
  app.onError((error) => {
    if (error instanceof PostHogError) return error.answer();
    if (error instanceof z.ZodError) return invalid(JSON.stringify(error.issues)).answer();
    throw error;
  });
  app.notFound(() => notFound("Endpoint not found.").answer());

  const api = new Hono();
  api.use(async (context, next) => {
    const authorization = context.req.header("authorization");
    if (authorization === undefined)
      throw refused("not_authenticated", "Authentication credentials were not provided.");
    if (authorization !== `Bearer ${apiKey}`) {
      throw refused("authentication_failed", "Personal API key found in request Authorization header is invalid.");
    }
    if (context.req.param("project") !== projectId) throw notFound("Project not found.");
    await next();
  });

  api.post("/query/", async (context) => {
    need("query:read");
    const given: unknown = await context.req.json().catch(() => {
      throw new PostHogError(400, "validation_error", "parse_error", "JSON parse error");
    });
    const { query } = querySchema.parse(given);
    const { columns, results, hasMore } = project.query(query.query, query.values ?? {});
    return context.json({
      clickhouse: null,
      columns,
      error: null,
      explain: null,
      hasMore,
      hogql: query.query,
      limit: 100,
      offset: 0,
      metadata: null,
      modifiers: null,
      query: query.query,
      query_status: null,
      results,
      timings: [],
      types: columns.map((name) => [name, "String"]),
    });
  });

  api.get("/session_recordings/", (context) => {
    need("session_recording:read");
    const { person_uuid: person, date_from: from, date_to: to, order, limit } = listSchema.parse(context.req.query());
    // PostHog's own default.
    const since = from === undefined ? now() - 3 * dayMs : Date.parse(from);
    const until = to === undefined ? now() : Date.parse(to);
    const found = [...project.recordings.values()].filter(
      ({ startedAt, distinctId }) =>
        startedAt >= since && startedAt <= until && (!person || project.personOf(distinctId)?.id === person),
    );
    const by = { start_time: startOf, duration: lengthOf, console_error_count: errorsOf }[order];
    const sorted = found.toSorted((one, other) => by(other) - by(one));
    return context.json({
      results: sorted.slice(0, limit).map(show),
      has_next: sorted.length > limit,
      version: 4,
    });
  });

  api.get("/session_recordings/:id/", (context) => {
    need("session_recording:read");
    const recording = project.recordings.get(context.req.param("id"));
    if (!recording) throw notFound();
    return context.json(show(recording));
  });

  app.route("/api/projects/:project", api);
  return app;

  function need(scope: string): void {
    if (scopes().includes(scope)) return;
    throw new PostHogError(
      403,
      "authentication_error",
      "permission_denied",
      `API key missing required scope '${scope}'`,
    );
  }
  function show(recording: Recording) {
    return recordingAnswer(recording, project.personOf(recording.distinctId));
  }
}

const startOf = ({ startedAt }: Recording) => startedAt;
const lengthOf = ({ durationMs }: Recording) => durationMs;
const errorsOf = ({ consoleErrors = 0 }: Recording) => consoleErrors;

function refused(code: string, detail: string): PostHogError {
  return new PostHogError(401, "authentication_error", code, detail);
}
