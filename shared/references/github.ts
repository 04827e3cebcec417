const repositoryUrl = /https?:\/\/(?:www\.)?github\.com\/([A-Za-z0-9][A-Za-z0-9-]{0,38})\/([\w.-]{1,100})/gi;

/** The repositories named by `https://github.com/owner/name…` URLs, as `owner/name`, each once. */
export function githubRepositories(text: string): string[] {
  const found = new Map<string, string>();
  for (const [, owner = "", rest = ""] of text.matchAll(repositoryUrl)) {
    const name = rest.replace(/\.+$/, "").replace(/\.git$/i, "");
    const repository = `${owner}/${name}`;
    if (name && !found.has(repository.toLowerCase())) found.set(repository.toLowerCase(), repository);
  }
  return [...found.values()];
}
