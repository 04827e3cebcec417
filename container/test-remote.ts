import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const env = {
  PATH: process.env["PATH"] ?? "",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.com",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.com",
};

/** The next request whose "METHOD /path?query" holds `match` is answered with `status`, or cut off without one. */
export interface RemoteFault {
  match: string;
  status?: number;
  /** Only once what was asked is done. */
  afterEffect?: boolean;
}

/** A bare repository behind the real `git http-backend`, on loopback. */
export async function createTestRemote(
  files: Record<string, string>,
  prepare: (tree: string, git: (args: string[]) => string) => void = () => {},
) {
  const root = mkdtempSync(join(tmpdir(), "bugbot-remote-"));
  const bare = join(root, "shop.git");
  const tree = join(root, "tree");
  const git = (args: string[], cwd = bare): string => execFileSync("git", args, { cwd, env, encoding: "utf8" }).trim();
  const push = (changed: Record<string, string>, branch: string): void => {
    for (const [path, text] of Object.entries(changed)) {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      writeFileSync(join(tree, path), text);
    }
    git(["add", "--all", "--force"], tree);
    git(["commit", "--quiet", "--message", `Change ${Object.keys(changed)[0]}`], tree);
    git(["push", "--quiet", bare, `HEAD:refs/heads/${branch}`], tree);
  };
  git(["init", "--quiet", "--bare", "--initial-branch=main", bare], root);
  git(["config", "http.receivepack", "true"]);
  git(["init", "--quiet", "--initial-branch=main", tree], root);
  writeFileSync(join(tree, "first"), "1");
  git(["add", "--all"], tree);
  git(["commit", "--quiet", "--message", "First"], tree);
  prepare(tree, (args) => git(args, tree));
  push(files, "main");

  const requests: string[] = [];
  const faults: RemoteFault[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const line = `${request.method} ${url.pathname}${url.search}`;
    requests.push(line);
    const planned = faults.findIndex(({ match }) => line.includes(match));
    const [fault] = planned === -1 ? [] : faults.splice(planned, 1);
    const fail = (): void => {
      if (fault?.status === undefined) request.socket.destroy();
      else response.writeHead(fault.status).end();
    };
    if (fault && !fault.afterEffect) {
      request.resume().once("end", fail);
      return;
    }
    const backend = spawn("git", ["http-backend"], {
      env: {
        ...env,
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: "1",
        GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method ?? "GET",
        CONTENT_TYPE: request.headers["content-type"] ?? "",
        HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      },
    });
    request.pipe(backend.stdin);
    const chunks: Buffer[] = [];
    backend.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    backend.once("close", () => {
      if (fault) {
        fail();
        return;
      }
      const output = Buffer.concat(chunks);
      const end = output.indexOf("\r\n\r\n");
      const head = output.subarray(0, end).toString();
      const lines = head.split("\r\n");
      const headers = lines.map((field) => field.split(": ", 2)).filter(([name]) => name !== "Status");
      const status = Number(/^Status: (\d+)/m.exec(head)?.[1] ?? 200);
      response.writeHead(status, Object.fromEntries(headers)).end(output.subarray(end + 4));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): void => {
    server.close();
    server.closeAllConnections();
    rmSync(root, { recursive: true, force: true });
  };
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/shop.git`, bare, git, push, requests, faults, close };
}
