import { basename } from "node:path";
import { type Repositories } from "./git-repositories.ts";
import { GitHubError } from "./errors.ts";

// A larger file comes without its content: https://docs.github.com/rest/repos/contents
const maxContentBytes = 1_000_000;
const kinds: Record<string, string> = { tree: "dir", commit: "submodule" };

export interface ContentsNeeds {
  repositories: Repositories;
  apiUrl: string;
  url: string;
}

/** Files and folders at a commit. */
export function createContents({ repositories, apiUrl, url }: ContentsNeeds) {
  async function list(fullName: string, sha: string, args: string[]) {
    const listing = await repositories.git(fullName, ["ls-tree", "-z", "--long", sha, ...args]);
    return listing.split("\0").flatMap((line) => {
      const [, mode, kind, object, size, path] = /^(\d+) (\w+) ([0-9a-f]+) +(\d+|-)\t(.+)$/s.exec(line) ?? [];
      if (!mode || !kind || !object || !path) return [];
      const type = mode === "120000" ? "symlink" : (kinds[kind] ?? "file");
      return [{ type, size: Number(size) || 0, name: basename(path), path, sha: object }];
    });
  }

  function linked<Entry extends { path: string; sha: string; type: string }>(
    fullName: string,
    ref: string,
    entry: Entry,
  ) {
    const path = entry.path.split("/").map(encodeURIComponent).join("/");
    const self = `${apiUrl}/repos/${fullName}/contents/${path}?ref=${encodeURIComponent(ref)}`;
    const git = `${apiUrl}/repos/${fullName}/git/${entry.type === "dir" ? "trees" : "blobs"}/${entry.sha}`;
    const html = `${url}/${fullName}/${entry.type === "dir" ? "tree" : "blob"}/${ref}/${path}`;
    const download = entry.type === "file" ? `${url}/${fullName}/raw/${ref}/${path}` : null;
    return { ...entry, url: self, git_url: git, html_url: html, download_url: download, _links: { self, git, html } };
  }

  /** A folder's entries, or a file with its content. */
  async function read(fullName: string, sha: string, ref: string, path: string): Promise<object> {
    const wanted = path.replace(/^\/+|\/+$/g, "");
    if (wanted === "") return (await list(fullName, sha, [])).map((entry) => linked(fullName, ref, entry));
    const [entry] = await list(fullName, sha, ["--", wanted]);
    if (!entry) throw new GitHubError(404, "Not Found");
    if (entry.type === "dir") {
      return (await list(fullName, sha, ["--", `${wanted}/`])).map((inner) => linked(fullName, ref, inner));
    }
    if (entry.size > maxContentBytes) return { ...linked(fullName, ref, entry), encoding: "none", content: "" };
    const content = (await bytes(fullName, sha, wanted)).toString("base64").replace(/.{1,60}/g, "$&\n");
    return { ...linked(fullName, ref, entry), encoding: "base64", content };
  }

  const bytes = (fullName: string, sha: string, path: string) =>
    repositories.bytes(fullName, ["cat-file", "blob", `${sha}:${path}`]);

  return { read, bytes };
}
export type Contents = ReturnType<typeof createContents>;
