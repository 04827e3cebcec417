import { createProject } from "./posthog/project.ts";
import { createRest } from "./posthog/rest.ts";
import { type Fault, startStandIn } from "./stand-in.ts";

export interface PostHogOptions {
  /** A personal API key. */
  apiKey: string;
  /** Default "1". */
  projectId?: string;
  /** What the key may do. Default: what bugbot needs. */
  scopes?: string[];
}

/** A local stand-in for PostHog: its private API over one project, with HogQL really run. https://posthog.com/docs/api */
export async function createPostHog({
  apiKey,
  projectId = "1",
  scopes = ["query:read", "session_recording:read"],
}: PostHogOptions) {
  const project = createProject();
  const rest = createRest({ project, projectId, apiKey, scopes: () => scopes, now: Date.now });
  const { origin, close, ...standIn } = await startStandIn({
    answer: (request) => rest.fetch(request),
    operation: ({ method, path }) =>
      `${method} ${path
        .split("?", 1)[0]
        ?.replace(`/api/projects/${projectId}`, "")
        .replace(/[0-9a-f-]{36}/, ":id")}`,
  });
  return {
    ...standIn,
    /** For `POSTHOG_HOST`. */
    url: origin,
    projectId,
    /** May be changed: the key's scopes from now on. */
    scopes,
    addPerson: project.addPerson,
    addRecording: project.addRecording,
    capture: project.capture,
    close: async () => {
      await close();
      project.close();
    },
  };
}
export type PostHog = Awaited<ReturnType<typeof createPostHog>>;

/** For `fault`: PostHog's 429. https://posthog.com/docs/api#rate-limiting */
export function postHogThrottled(seconds: number): Fault {
  const detail = `Request was throttled. Expected available in ${seconds} seconds.`;
  return {
    status: 429,
    headers: { "content-type": "application/json", "retry-after": String(seconds) },
    body: { type: "throttled_error", code: "throttled", detail, attr: null },
  };
}
