import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type StandIn, startStandIn } from "./stand-in.ts";

export interface Package {
  name: string;
  version: string;
  /** Path to content; `package.json` is added. */
  files: Record<string, string>;
  /** npm's own, such as `postinstall`. */
  scripts?: Record<string, string>;
}

export interface NpmRegistry extends StandIn {
  /** Ends with a slash, as npm wants it. */
  url: string;
  /** What `npm install` would write into a lock file for these packages, as if from npm's own registry. */
  lock: (name: string) => string;
}

/** A local stand-in for a package registry: https://github.com/npm/registry/blob/main/docs/REGISTRY-API.md */
export async function createNpmRegistry(packages: readonly Package[]): Promise<NpmRegistry> {
  const published = new Map(await Promise.all(packages.map(async (one) => [one.name, await publish(one)] as const)));

  const { origin, ...standIn } = await startStandIn({
    answer: ({ url }) => {
      const [name = "", ...rest] = decodeURIComponent(new URL(url).pathname).slice(1).split("/-/");
      const found = published.get(name);
      if (!found) return Response.json({ error: "not_found" }, { status: 404 });
      if (rest.length > 0)
        return new Response(found.tarball, { headers: { "content-type": "application/octet-stream" } });
      const { version, integrity } = found;
      const dist = { tarball: `${origin}/${name}/-/${name}-${version}.tgz`, integrity };
      return Response.json({
        name,
        "dist-tags": { latest: version },
        versions: { [version]: { name, version, dist } },
      });
    },
  });

  return {
    ...standIn,
    url: `${origin}/`,
    lock: (name) => {
      const entries = [...published].map(([one, { version, integrity }]) => {
        const resolved = `https://registry.npmjs.org/${one}/-/${one}-${version}.tgz`;
        return [`node_modules/${one}`, { version, resolved, integrity }] as const;
      });
      const dependencies = Object.fromEntries([...published].map(([one, { version }]) => [one, version]));
      const root = { name, dependencies };
      return JSON.stringify({
        name,
        lockfileVersion: 3,
        requires: true,
        packages: Object.fromEntries([["", root], ...entries]),
      });
    },
  };
}

async function publish({ name, version, files, scripts = {} }: Package) {
  const folder = await mkdtemp(join(tmpdir(), "bugbot-package-"));
  try {
    const all = { ...files, "package.json": JSON.stringify({ name, version, scripts }) };
    for (const [path, content] of Object.entries(all)) {
      await mkdir(dirname(join(folder, "package", path)), { recursive: true });
      await writeFile(join(folder, "package", path), content);
    }
    const archive = join(folder, "package.tgz");
    await promisify(execFile)("tar", ["-czf", archive, "-C", folder, "package"]);
    const tarball = await readFile(archive);
    return { version, tarball, integrity: `sha512-${createHash("sha512").update(tarball).digest("base64")}` };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
