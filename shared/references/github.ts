import { findAll } from "./find-all.ts";

const repositoryUrl =
  /https?:\/\/(?:www\.)?github\.com\/([A-Za-z0-9][A-Za-z0-9-]{0,38})\/([\w.-]{1,100})(?:\/(issues|pull|blob)\/([^\s<>"'|)\]]{1,500}))?/gi;

/** Something on GitHub that a report links to; `repository` is `owner/name`. */
export type GitHubLink =
  | { kind: "repository"; repository: string }
  | { kind: "issue" | "pull"; repository: string; number: number }
  /** `ref` is a branch, a tag or a commit without a slash; `line` counts from 1. */
  | { kind: "blob"; repository: string; ref: string; path: string; line?: number };

/** The `https://github.com/owner/name…` links in `text`, in the order they were written. */
export function githubLinks(text: string): GitHubLink[] {
  return findAll(text, "://", repositoryUrl).flatMap(([, owner = "", rest = "", kind, tail = ""]): GitHubLink[] => {
    const name = rest.replace(/\.+$/, "").replace(/\.git$/i, "");
    if (!name) return [];
    const repository = `${owner}/${name}`;
    const [, number] = /^(\d{1,9})(?![\w])/.exec(tail) ?? [];
    if (kind === "issues" && number) return [{ kind: "issue", repository, number: Number(number) }];
    if (kind === "pull" && number) return [{ kind: "pull", repository, number: Number(number) }];
    const [, ref, path, line] = /^([^/#?]+)\/([^#?]+?)[.,;]*(?:\?[^#]*)?(?:#L(\d{1,7}).*)?$/.exec(tail) ?? [];
    if (kind === "blob" && ref && path)
      return [{ kind: "blob", repository, ref, path, ...(line && { line: Number(line) }) }];
    return [{ kind: "repository", repository }];
  });
}

/** The repositories that links name or lie in, as `owner/name`, each once. */
export function githubRepositories(text: string): string[] {
  const found = new Map<string, string>();
  for (const { repository } of githubLinks(text)) {
    const key = repository.toLowerCase();
    if (!found.has(key)) found.set(key, repository);
  }
  return [...found.values()];
}
