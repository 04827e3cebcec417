import { type ChildProcessByStdio, spawn } from "node:child_process";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type FindGrant } from "./grants.ts";

export interface GitServerOptions {
  root: string;
  env: Record<string, string>;
  /** What the password of a push or fetch opens; the user may be anything. */
  findGrant: FindGrant;
  /** Whether `owner/name` is a repository here. */
  knows: (fullName: string) => boolean;
  /** Runs after a push, before its answer ends. */
  pushed: (fullName: string) => Promise<void>;
}

const smartPath = /^\/([\w.-]+\/[\w.-]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;

/** git's smart HTTP as GitHub serves it, by git's own `http-backend`. https://git-scm.com/docs/git-http-backend */
export function createGitServer({ root, env, findGrant, knows, pushed }: GitServerOptions) {
  const running = new Set<ChildProcessByStdio<Writable, Readable, null>>();

  async function answer(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const [, fullName = "", service = ""] = smartPath.exec(pathname) ?? [];
    const grant = findGrant(passwordOf(request.headers.get("authorization")));
    if (!grant) {
      const headers = { "www-authenticate": 'Basic realm="GitHub"', "content-type": "text/plain" };
      return new Response("Authentication required.", { status: 401, headers });
    }
    if (!knows(fullName) || !grant.sees(fullName)) return new Response("Repository not found.", { status: 404 });

    const writes = service === "git-receive-pack" || search === "?service=git-receive-pack";
    if (!grant.may("contents", writes ? "write" : "read"))
      return new Response(writes ? "Write access to repository not granted." : "Repository not found.", {
        status: writes ? 403 : 404,
      });

    const header = (name: string, variable: string) => {
      const value = request.headers.get(name);
      return value === null ? {} : { [variable]: value };
    };
    const backend = spawn("git", ["http-backend"], {
      stdio: ["pipe", "pipe", "ignore"],
      env: {
        ...env,
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: "1",
        REMOTE_USER: "x-access-token",
        REMOTE_ADDR: "127.0.0.1",
        REQUEST_METHOD: request.method,
        PATH_INFO: `/${fullName}.git/${service}`,
        QUERY_STRING: search.slice(1),
        ...header("content-type", "CONTENT_TYPE"),
        ...header("content-length", "CONTENT_LENGTH"),
        ...header("content-encoding", "HTTP_CONTENT_ENCODING"),
        ...header("git-protocol", "GIT_PROTOCOL"),
      },
    });
    running.add(backend);
    backend.once("close", () => running.delete(backend));
    // The backend may answer and leave before it read everything: its answer counts, not the broken pipe.
    if (request.body) pipeline(Readable.fromWeb(request.body), backend.stdin).catch(() => {});
    else backend.stdin.end();
    return readAnswer(backend.stdout, async () => {
      if (service === "git-receive-pack") await pushed(fullName);
    });
  }

  return {
    answer,
    close: () => {
      for (const backend of running) backend.kill("SIGKILL");
    },
  };
}

/** A CGI answer: headers, an empty line, the body as it comes. */
async function readAnswer(stdout: Readable, ended: () => Promise<void>): Promise<Response> {
  const chunks: AsyncIterator<Buffer> = stdout[Symbol.asyncIterator]();
  let seen = Buffer.alloc(0);
  let end = -1;
  while (end === -1) {
    const { value, done } = await chunks.next();
    if (done) return new Response("git http-backend gave no answer", { status: 500 });
    seen = Buffer.concat([seen, value]);
    end = seen.indexOf("\r\n\r\n");
  }
  const headers = new Headers();
  for (const line of seen.subarray(0, end).toString("latin1").split("\r\n")) {
    headers.append(line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim());
  }
  const status = Number(headers.get("status")?.split(" ", 1)[0] ?? 200);
  headers.delete("status");
  const rest = seen.subarray(end + 4);
  async function* body() {
    if (rest.length > 0) yield rest;
    yield* { [Symbol.asyncIterator]: () => chunks };
    await ended();
  }
  return new Response(Readable.toWeb(Readable.from(body(), { objectMode: false })), { status, headers });
}

function passwordOf(authorization: string | null): string | undefined {
  const basic = /^basic (.+)$/i.exec(authorization ?? "")?.[1];
  const credentials = basic === undefined ? "" : Buffer.from(basic, "base64").toString("utf8");
  return credentials.includes(":") ? credentials.slice(credentials.indexOf(":") + 1) : undefined;
}
