import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, it } from "vitest";
import { lend } from "./egress-lease.ts";
import { createWorld, type World } from "./world.ts";

const run = promisify(execFile);
const zero = "0".repeat(40);

let world: World;
let folder: string;
let main: string;
beforeAll(async () => {
  world = await createWorld({ variables: { BUGBOT_ALLOWED_REGISTRIES: "registry.invalid" } });
  folder = await mkdtemp(join(tmpdir(), "bugbot-egress-"));
  const lease = await lend(world);
  await run("git", ["clone", "-q", lease.git, folder]);
  main = await git("rev-parse", "HEAD");
});
afterAll(async () => {
  await world?.close();
  await rm(folder, { recursive: true, force: true });
});

async function git(...args: string[]): Promise<string> {
  const author = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "gc.auto=0"];
  return (await run("git", ["-C", folder, ...author, ...args], { maxBuffer: 64 * 1024 * 1024 })).stdout.trim();
}
/** What git says to the person who pushes; it ends well or not. */
async function push(...args: string[]): Promise<{ ok: boolean; words: string }> {
  return git("push", ...args).then(
    () => ({ ok: true, words: "" }),
    (error: unknown) => ({ ok: false, words: error instanceof Error ? error.message : "" }),
  );
}
const bare = () => join(world.github.folder, `${world.repository}.git`);
async function refs(): Promise<Map<string, string>> {
  const { stdout } = await run("git", ["-C", bare(), "for-each-ref", "--format=%(refname) %(objectname)"]);
  return new Map(
    stdout.split("\n").flatMap((line) => (line ? [[line.split(" ")[0] ?? "", line.split(" ")[1] ?? ""]] : [])),
  );
}
const commit = (parent: string, words: string) => git("commit-tree", `${main}^{tree}`, "-p", parent, "-m", words);
const tree = () => git("commit-tree", `${main}^{tree}`, "-m", "unrelated");

/** What a hostile or clumsy client may try, and whether it may come of it. */
const attempts = {
  create: { exists: false, passes: true, specs: (b: string, next: string) => [`${next}:refs/heads/${b}`] },
  "fast-forward": { exists: true, passes: true, specs: (b: string, next: string) => [`${next}:refs/heads/${b}`] },
  "force over what somebody else pushed": {
    exists: true,
    moved: true,
    passes: false,
    specs: (b: string, next: string) => [`+${next}:refs/heads/${b}`],
  },
  delete: { exists: true, passes: false, specs: (b: string) => [`:refs/heads/${b}`] },
  "delete another": { exists: true, passes: false, specs: () => [":refs/heads/theirs"] },
  tag: { exists: false, passes: false, specs: (_: string, next: string) => [`${next}:refs/tags/v1`] },
  "two refs": {
    exists: false,
    passes: false,
    specs: (b: string, next: string) => [`${next}:refs/heads/${b}`, `${next}:refs/heads/${b}-2`],
  },
  "branch and tag": {
    exists: true,
    passes: false,
    specs: (b: string, next: string) => [`${next}:refs/heads/${b}`, `${next}:refs/tags/v2`],
  },
  "the wrong branch": { exists: false, passes: false, specs: (_: string, next: string) => [`${next}:refs/heads/main`] },
} satisfies Record<
  string,
  { exists: boolean; moved?: boolean; passes: boolean; specs: (b: string, next: string) => string[] }
>;
const names = Object.entries(attempts).map(([name, attempt]) => ({ name, moved: false, ...attempt }));

describe("git, pushing through the egress", () => {
  it("writes its run's branch and nothing else, and is told why in its own words", async ({ expect }) => {
    await world.github.commit(world.repository, { branch: "theirs", from: "main", files: { "src/t.js": "1" } });
    let number = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.constantFrom([], ["--atomic"], ["--no-thin"], ["--verbose"]),
        fc.constantFrom("0", "1", "2"),
        async ({ name, exists, moved, passes, specs }, options, protocol) => {
          number += 1;
          const branch = `bugbot/case-${number}`;
          let headBefore: string | null = null;
          if (exists) {
            headBefore = await commit(main, `${name} ${number}`);
            const first = await lend(world, { branch });
            expect(await push(first.git, `${headBefore}:refs/heads/${branch}`)).toEqual({ ok: true, words: "" });
            await first.close();
          }
          if (moved) await world.github.commit(world.repository, { branch, files: { "src/human.js": String(number) } });
          const before = await refs();
          const next = await commit(moved ? main : (headBefore ?? main), `next ${number}`);
          const lease = await lend(world, { branch, headBefore });
          await git("config", "protocol.version", protocol);
          const { ok, words } = await push(...options, lease.git, ...specs(branch, next));
          expect([name, ok, words]).toEqual([name, passes, passes ? "" : expect.any(String)]);
          const after = await refs();
          if (passes) expect(after.get(`refs/heads/${branch}`)).toBe(next);
          else expect(words).toMatch(/! \[remote rejected\].*\(bugbot: /);
          const others = (all: Map<string, string>) => [...all].filter(([ref]) => ref !== `refs/heads/${branch}`);
          expect(others(after)).toEqual(others(before));
          if (!passes) expect(after).toEqual(before);
        },
      ),
      { seed: 20261120, numRuns: 24, endOnFailure: true },
    );
  });

  it.for(["close", "expire"] as const)("is over when the run is: %s", async (end, { expect }) => {
    const lease = await lend(world, { branch: `bugbot/${end}` });
    await lease[end]();
    const next = await commit(main, end);
    expect((await push(lease.git, `${next}:refs/heads/bugbot/${end}`)).ok).toBe(false);
    expect(await world.github.branches(world.repository)).not.toContain(`bugbot/${end}`);
  });

  it("streams a large push in chunks", async ({ expect }) => {
    await writeFile(join(folder, "large.bin"), randomBytes(8 * 1024 * 1024));
    const blob = await git("hash-object", "-w", "large.bin");
    await git("update-index", "--add", "--cacheinfo", `100644,${blob},src/large.bin`);
    const next = await git("commit-tree", await git("write-tree"), "-p", main, "-m", "large");
    const lease = await lend(world, { branch: "bugbot/large" });
    expect(await push(lease.git, `${next}:refs/heads/bugbot/large`)).toEqual({ ok: true, words: "" });
    const sent = world.github.requests.findLast(({ path }) => path.endsWith("/git-receive-pack"));
    expect(sent?.headers["transfer-encoding"]).toBe("chunked");
    expect((await refs()).get("refs/heads/bugbot/large")).toBe(next);
  });
});

/** A push as git sends it, made by hand so that it can be held back half-way, or compressed. */
async function packOf(branch: string) {
  const next = await tree();
  const line = `${zero} ${next} refs/heads/${branch}\0 report-status side-band-64k`;
  const head = Buffer.from(`${(line.length + 4).toString(16).padStart(4, "0")}${line}0000`);
  const packed = await new Promise<Buffer>((resolve, reject) => {
    const child = execFile(
      "git",
      ["-C", folder, "pack-objects", "--stdout", "-q"],
      { encoding: "buffer" },
      (error, stdout) => (error ? reject(error) : resolve(stdout)),
    );
    child.stdin?.end(`${next}\n`);
  });
  checkPack(packed);
  return { next, body: Buffer.concat([head, packed]) };
}
/** A pack ends with the hash of all before it. */
function checkPack(pack: Buffer): void {
  const sum = createHash("sha1").update(pack.subarray(0, -20)).digest();
  if (!sum.equals(pack.subarray(-20))) throw new Error("not a pack");
}
const type = { "content-type": "application/x-git-receive-pack-request" };

describe("a push by hand", () => {
  it.for(["gzip", "x-gzip"])("may be compressed: %s", async (encoding, { expect }) => {
    const branch = `bugbot/${encoding}`;
    const { next, body } = await packOf(branch);
    const lease = await lend(world, { branch });
    const answer = await fetch(`${lease.git}/git-receive-pack`, {
      method: "POST",
      headers: { ...type, "content-encoding": encoding },
      body: gzipSync(body),
    });
    expect(await answer.text()).toContain(`ok refs/heads/${branch}`);
    expect((await refs()).get(`refs/heads/${branch}`)).toBe(next);
  });

  it("may not be compressed so that it cannot be read", async ({ expect }) => {
    const { body } = await packOf("bugbot/br");
    const lease = await lend(world, { branch: "bugbot/br" });
    const headers = { ...type, "content-encoding": "br" };
    expect((await fetch(`${lease.git}/git-receive-pack`, { method: "POST", headers, body })).status).toBe(403);
  });

  it("comes to nothing when the run ends while it is on its way", async ({ expect }) => {
    const branch = "bugbot/half-way";
    const { body } = await packOf(branch);
    const lease = await lend(world, { branch });
    const before = world.github.requests.length;
    const pushing = request(`${lease.git}/git-receive-pack`, { method: "POST", headers: type });
    pushing.on("error", () => undefined);
    const answered = new Promise<string>((resolve) => {
      pushing.on("response", (response) => {
        let text = String(response.statusCode);
        response.on("data", (chunk) => (text += String(chunk)));
        response.on("end", () => resolve(text));
      });
      pushing.on("error", () => resolve("cut off"));
    });
    pushing.write(body.subarray(0, body.length - 30));
    await world.until(() => (world.github.requests.length > before ? true : undefined));
    await lease.close();
    pushing.end(body.subarray(body.length - 30));
    expect(await answered).not.toContain(`ok refs/heads/${branch}`);
    expect(await world.github.branches(world.repository)).not.toContain(branch);
    expect(world.logs.some((line) => line.includes("this run is over") && line.includes(lease.commandId))).toBe(true);
  });
});

describe("a package registry", () => {
  it.for([
    ["POST", "registry.invalid/-/npm/v1/security/audits", 403, "registry.invalid is open for reading only"],
    ["GET", "other.invalid/left-pad", 403, "other.invalid is not reachable from a run"],
    ["GET", "registry.invalid.other.invalid/left-pad", 403, "is not reachable from a run"],
    ["GET", "registry.invalid%40other.invalid/left-pad", 404, "Not found."],
  ] as const)("is not reached by %s %s", async ([method, path, status, reason], { expect }) => {
    const lease = await lend(world);
    const answer = await fetch(`${lease.registry}/${path}`, { method });
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(reason);
  });
});
