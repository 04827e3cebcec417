import { githubRepositories } from "../../shared/references/github.ts";

export const howToNameRepository =
  "I cannot read that as a repository. Write it as `owner/name`, or paste its URL: `https://github.com/owner/name`.";

/** The one GitHub repository a field names, as `owner/name` or by a URL. */
export function repositoryUrl(written: string): string | undefined {
  const text = written.trim().replace(/^(?:www\.)?github\.com\//i, "https://github.com/");
  const named = /^[\w.-]+\/[\w.-]+$/.test(text) ? `https://github.com/${text}` : text;
  const [repository, ...more] = githubRepositories(named);
  return repository && more.length === 0 ? `https://github.com/${repository}` : undefined;
}
