import type { World } from "../world.ts";

/** What is there of what a command makes. */
export interface Sight {
  issues: string[];
  comments: string[];
  branches: string[];
  pulls: number[];
  links: string[];
}

export async function look({ linear, github, repository }: World): Promise<Sight> {
  const { issues, comments, attachments } = linear.workspace;
  const branches = await github.branches(repository);
  return {
    issues: issues.map(({ id }) => id),
    comments: comments.map(({ id }) => id),
    branches: branches.filter((name) => name !== "main"),
    pulls: github.pullRequests(repository).map(({ number }) => number),
    links: attachments.filter(({ url }) => url.includes("/pull/")).map(({ id }) => id),
  };
}
