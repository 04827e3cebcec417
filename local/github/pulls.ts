import { type Repositories } from "./git-repositories.ts";
import { type History } from "./comparison.ts";
import { type ValidationProblem, validationFailed } from "./errors.ts";

export interface PullRequest {
  number: number;
  title: string;
  body: string | null;
  author: string;
  state: "open" | "closed";
  draft: boolean;
  head: string;
  headSha: string;
  base: string;
  baseSha: string;
  labels: string[];
  comments: { id: number; author: string; body: string; createdAt: string }[];
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  mergedAt: string | null;
}

export interface GitHubRepository {
  id: number;
  owner: string;
  name: string;
  fullName: string;
  defaultBranch: string;
  createdAt: string;
  pulls: PullRequest[];
}

export interface NewPull {
  title: string;
  head: string;
  base: string;
  body?: string | null | undefined;
  draft?: boolean | undefined;
}

/** The life of pull requests: opened by the rules GitHub has, following their branches, closed with them. */
export function createPulls(repositories: Repositories, history: History, author: string) {
  const problem = (more: ValidationProblem) => validationFailed([{ resource: "PullRequest", ...more }]);

  /** Brings the pull requests up to what was pushed: a head that moved moves them, a head that is gone closes them. */
  async function current({ fullName, pulls }: GitHubRepository): Promise<PullRequest[]> {
    const followed = pulls.filter(({ state }) => state === "open");
    const heads = followed.length > 0 ? await repositories.heads(fullName) : new Map<string, string>();
    for (const pull of followed) {
      const headSha = heads.get(pull.head);
      if (headSha) Object.assign(pull, { headSha, baseSha: heads.get(pull.base) ?? pull.baseSha });
      else close(pull);
    }
    return pulls;
  }

  function close(pull: PullRequest): void {
    const now = new Date().toISOString();
    Object.assign(pull, { state: "closed", closedAt: now, updatedAt: now });
  }

  /** Squashes it into one commit on its base. Its branch stays. */
  async function merge({ fullName }: GitHubRepository, pull: PullRequest): Promise<void> {
    const message = `${pull.title} (#${pull.number})`;
    const tip = await repositories.resolve(fullName, pull.base);
    if (!tip) throw problem({ code: "invalid", field: "base" });
    // As the shop's pull requests are: nobody has pushed to the base since.
    const squashed = ["commit-tree", `${pull.headSha}^{tree}`, "-p", tip, "-m", message];
    const sha = (await repositories.git(fullName, squashed)).trim();
    await repositories.git(fullName, ["update-ref", `refs/heads/${pull.base}`, sha]);
    close(pull);
    pull.mergedAt = pull.closedAt;
  }

  async function open(repository: GitHubRepository, { title, head, base, body, draft }: NewPull): Promise<PullRequest> {
    const { fullName, owner } = repository;
    const branch = head.startsWith(`${owner}:`) ? head.slice(owner.length + 1) : head;
    const headSha = await repositories.resolve(fullName, branch);
    const baseSha = await repositories.resolve(fullName, base);
    if (title === "") throw problem({ code: "missing_field", field: "title" });
    if (!headSha) throw problem({ code: "invalid", field: "head" });
    if (!baseSha) throw problem({ code: "invalid", field: "base" });
    const existing = (await current(repository)).find(
      (one) => one.state === "open" && one.head === branch && one.base === base,
    );
    if (existing) throw problem({ code: "custom", message: `A pull request already exists for ${owner}:${branch}.` });
    const compared = await history.compare(fullName, baseSha, headSha);
    if (!compared)
      throw problem({ code: "custom", message: `The ${branch} branch has no history in common with ${base}` });
    if (compared.aheadBy === 0) throw problem({ code: "custom", message: `No commits between ${base} and ${branch}` });
    const now = new Date().toISOString();
    const pull: PullRequest = {
      number: repository.pulls.length + 1,
      title,
      body: body ?? null,
      author,
      state: "open",
      draft: draft ?? false,
      head: branch,
      headSha,
      base,
      baseSha,
      labels: [],
      comments: [],
      createdAt: now,
      updatedAt: now,
      closedAt: null,
      mergedAt: null,
    };
    repository.pulls.push(pull);
    return pull;
  }

  return { current, open, close, merge };
}
export type Pulls = ReturnType<typeof createPulls>;
