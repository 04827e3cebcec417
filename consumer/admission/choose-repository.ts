import { Failure } from "../../shared/failure.ts";
import { githubRepositories } from "../../shared/references/github.ts";
import { isAllowedRepository } from "./allow-list.ts";
import type { Repository } from "../clients/github.ts";
import { inlineMarkdown } from "../evidence/untrusted-markdown.ts";

export interface RepositoryClues {
  /** In the person's own words, `owner/name`. */
  named: readonly string[];
  /** In the thread and the message around them. */
  around?: readonly string[];
  /** What this conversation works on already, `owner/name`. */
  known?: string | null;
  /** The Linear issue's description. */
  issueText?: string | undefined;
}

export interface ChooseNeeds {
  findRepository: (name: string) => Promise<Repository | undefined>;
  allowed: readonly string[];
  fallback?: string | undefined;
}

const example = "`@bugbot fix https://github.com/owner/name what goes wrong`";

/** The one repository that is meant, found on GitHub and allowed. Throws a `Failure` that says what to write. */
export async function chooseRepository(
  { named, around = [], known, issueText }: RepositoryClues,
  needs: ChooseNeeds,
): Promise<Repository> {
  if (named.length > 1) {
    throw new Failure("several_repositories", {
      reply: `You named ${named.map(inlineMarkdown).join(" and ")}. Which one has the bug? Name one: ${example}`,
      retry: false,
    });
  }
  const inIssue = githubRepositories(issueText ?? "");
  const [nearby] = around.length === 1 ? around : [];
  const name = named[0] ?? known ?? nearby ?? (inIssue.length === 1 ? inIssue[0] : undefined) ?? needs.fallback;
  if (!name) {
    throw new Failure("no_repository", { reply: `Which repository has the bug? Name it: ${example}`, retry: false });
  }
  if (!isAllowedRepository(name, needs.allowed)) throw notAllowed(name);
  const repository = await needs.findRepository(name);
  if (!repository) {
    throw new Failure("repository_not_found", {
      reply: `I cannot find ${inlineMarkdown(name)} on GitHub, or my token may not see it. Check the name: ${example}`,
      retry: false,
    });
  }
  // A renamed or moved repository answers under its new name.
  if (!isAllowedRepository(repository.name, needs.allowed)) throw notAllowed(repository.name);
  if (repository.head === null) {
    throw new Failure("repository_empty", {
      reply: `${inlineMarkdown(repository.name)} has no commit yet, so there is nothing to fix. Push something to it first.`,
      retry: false,
    });
  }
  return repository;
}

function notAllowed(name: string): Failure {
  return new Failure("repository_not_allowed", {
    reply: `I may not touch ${inlineMarkdown(name)}. Whoever runs bugbot can add it to BUGBOT_ALLOWED_REPOS.`,
    retry: false,
  });
}
