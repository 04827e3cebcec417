/** `owner/name`, `owner/*` or `*`, in any case. An empty list allows nothing. */
export function isAllowedRepository(repository: string, allowed: readonly string[]): boolean {
  const name = repository.toLowerCase();
  const [owner = ""] = name.split("/");
  return allowed.some((entry) => entry === "*" || entry.toLowerCase() === name || entry.toLowerCase() === `${owner}/*`);
}

/** A Slack team id or a Discord guild id, or `*`. An empty list allows nobody. */
export function isAllowedWorkspace(id: string, allowed: readonly string[]): boolean {
  return allowed.includes("*") || allowed.includes(id);
}
