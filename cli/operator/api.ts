import * as z from "zod/mini";
import { apiErrorSchema } from "../../shared/api.ts";
import { Failure } from "../../shared/failure.ts";
import { localAdminKey } from "../../shared/local-admin-key.ts";
import { readEnvironment } from "../environment.ts";

const timeoutMs = 60_000;
/** What a door and `/health` may take. */
export const probeMs = 15_000;

export interface Target {
  /** Without a trailing slash. */
  url: string;
  isLocal: boolean;
}

/** Where `/api` is asked: `BUGBOT_URL`, else the local stack. */
export function readTarget(): Target {
  const { BUGBOT_URL, BUGBOT_PORT } = readEnvironment();
  const given = BUGBOT_URL || `http://localhost:${BUGBOT_PORT || "8787"}`;
  if (!URL.canParse(given)) throw failed(`BUGBOT_URL is not a URL: ${given}`);
  const { hostname, protocol } = new URL(given);
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  if (protocol !== "https:" && !isLocal)
    throw failed(`BUGBOT_URL must be https, or a key would travel in the open: ${given}`);
  return { url: given.replace(/\/+$/, ""), isLocal };
}

/** bugbot's API as `npx bugbot` asks it. Throws `Failure`. */
export function createApi() {
  const target = readTarget();
  const { BUGBOT_API_KEY, BUGBOT_ADMIN_KEY } = readEnvironment();
  const key = BUGBOT_API_KEY || BUGBOT_ADMIN_KEY || (target.isLocal ? localAdminKey : undefined);
  if (!key)
    throw failed(
      "Set BUGBOT_API_KEY, in .dev.vars or in the environment. The first one is BUGBOT_ADMIN_KEY of the consumer Worker.",
    );

  if (!/^[\x21-\x7e]+$/.test(key))
    throw failed(
      `${BUGBOT_API_KEY ? "BUGBOT_API_KEY" : "BUGBOT_ADMIN_KEY"} is malformed: a key is bm_ and 64 hex digits, without spaces or line ends.`,
    );

  async function ask<T>(method: string, path: string, schema: z.ZodMiniType<T>, body?: object) {
    const response = await fetch(`${target.url}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
      redirect: "manual",
    }).catch((cause: unknown) => {
      throw unreachable(target, cause);
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (!response.ok) {
      const said = z.safeParse(apiErrorSchema, answer).data?.error.message;
      throw failed(said ?? `${target.url} answered HTTP ${response.status}, and not as bugbot does. Check BUGBOT_URL.`);
    }
    const parsed = z.safeParse(schema, answer);
    if (!parsed.success)
      throw failed(
        `${target.url} answered in words this version does not know. Deploy the same version as this checkout.`,
      );
    return { data: parsed.data, link: response.headers.get("link") };
  }

  return {
    target,
    get: async <T>(path: string, schema: z.ZodMiniType<T>) => (await ask("GET", path, schema)).data,
    post: async <T>(path: string, schema: z.ZodMiniType<T>, body: object = {}) =>
      (await ask("POST", path, schema, body)).data,

    /** A page of a list, newest first; `older` is the `before` of the next, if there is one. */
    async list<T>(
      path: string,
      query: Record<string, string | number | boolean | undefined>,
      schema: z.ZodMiniType<T>,
    ) {
      const given = new URLSearchParams();
      for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
      const { data, link } = await ask("GET", `${path}?${given.toString()}`, z.array(schema));
      const next = link && /<([^>]+)>; rel="next"/.exec(link)?.[1];
      return { rows: data, older: next ? new URL(next, target.url).searchParams.get("before") : null };
    },
  };
}
export type Api = ReturnType<typeof createApi>;

export function unreachable({ url, isLocal }: Target, cause: unknown): Failure {
  const how = isLocal ? "Is `npm start` running? BUGBOT_URL says where." : "Check BUGBOT_URL.";
  return failed(`${url} does not answer. ${how}`, cause);
}

export function failed(reply: string, cause?: unknown): Failure {
  return new Failure("cli", { reply, retry: false, cause });
}
