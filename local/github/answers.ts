import { type Comparison } from "./comparison.ts";
import { type GitHubRepository, type PullRequest } from "./pulls.ts";

/** An opaque id, as GraphQL would take it. */
export const nodeId = (kind: string, id: number | string) => Buffer.from(`${kind}:${id}`).toString("base64url");
const zeroes = (names: string[]) => Object.fromEntries(names.map((name) => [name, 0]));
const nothings = (names: string[]) => Object.fromEntries(names.map((name) => [name, null]));
const repositoryLinks =
  `archive:/{archive_format}{/ref} assignees:{/user} branches:{/branch} collaborators:{/collaborator}
  comments:{/number} commits:{/sha} compare:/{base}...{head} contents:/{+path} contributors deployments downloads events
  forks hooks issues:{/number} keys:{/key_id} labels:{/name} languages merges milestones:{/number} notifications
  pulls:{/number} releases:{/id} stargazers statuses:/{sha} subscribers subscription tags teams`.split(/\s+/);
const userLinks = `events:{/privacy} followers following:{/other_user} gists:{/gist_id} organizations:/orgs
  received_events repos starred:{/owner}{/repo} subscriptions`.split(/\s+/);

/** Turns facts into answers with every property GitHub's description requires. */
export function createAnswers(apiUrl: string, url: string) {
  const linksOf = (base: string, links: string[]) =>
    Object.fromEntries(links.map((link) => [`${link.split(":")[0]}_url`, `${base}/${link.replace(":", "")}`]));

  const user = (login: string) => ({
    login,
    id: 1,
    node_id: nodeId("User", login),
    type: "User",
    site_admin: false,
    gravatar_id: "",
    avatar_url: `${url}/${login}.png`,
    url: `${apiUrl}/users/${login}`,
    html_url: `${url}/${login}`,
    ...linksOf(`${apiUrl}/users/${login}`, userLinks),
  });

  const repository = ({ id, owner, name, fullName, defaultBranch, createdAt }: GitHubRepository) => {
    const api = `${apiUrl}/repos/${fullName}`;
    const human = `${url}/${fullName}`;
    return {
      id,
      node_id: nodeId("Repository", id),
      name,
      full_name: fullName,
      owner: user(owner),
      private: true,
      fork: false,
      visibility: "private",
      default_branch: defaultBranch,
      url: api,
      html_url: human,
      clone_url: `${human}.git`,
      git_url: `${human}.git`,
      ssh_url: `${human}.git`,
      svn_url: human,
      ...linksOf(api, repositoryLinks),
      git_commits_url: `${api}/git/commits{/sha}`,
      git_refs_url: `${api}/git/refs{/sha}`,
      git_tags_url: `${api}/git/tags{/sha}`,
      trees_url: `${api}/git/trees{/sha}`,
      blobs_url: `${api}/git/blobs{/sha}`,
      issue_comment_url: `${api}/issues/comments{/number}`,
      issue_events_url: `${api}/issues/events{/number}`,
      ...nothings(["description", "homepage", "language", "mirror_url", "license"]),
      ...zeroes(["forks", "forks_count", "open_issues", "open_issues_count", "size", "stargazers_count", "watchers"]),
      ...zeroes(["watchers_count", "network_count", "subscribers_count"]),
      archived: false,
      disabled: false,
      has_issues: true,
      has_projects: false,
      has_wiki: false,
      has_pages: false,
      has_downloads: false,
      has_discussions: false,
      permissions: { admin: false, maintain: false, push: true, triage: true, pull: true },
      created_at: createdAt,
      updated_at: createdAt,
      pushed_at: createdAt,
    };
  };

  const label = (fullName: string, name: string) => ({
    id: 1,
    node_id: nodeId("Label", name),
    url: `${apiUrl}/repos/${fullName}/labels/${encodeURIComponent(name)}`,
    name,
    description: "",
    color: "ededed",
    default: false,
  });

  const comment = (fullName: string, number: number, of: PullRequest["comments"][number]) => ({
    id: of.id,
    node_id: nodeId("IssueComment", of.id),
    url: `${apiUrl}/repos/${fullName}/issues/comments/${of.id}`,
    html_url: `${url}/${fullName}/pull/${number}#issuecomment-${of.id}`,
    issue_url: `${apiUrl}/repos/${fullName}/issues/${number}`,
    body: of.body,
    user: user(of.author),
    author_association: "COLLABORATOR",
    performed_via_github_app: null,
    created_at: of.createdAt,
    updated_at: of.createdAt,
  });

  const pull = (of: GitHubRepository, pr: PullRequest) => {
    const api = `${apiUrl}/repos/${of.fullName}`;
    const human = `${url}/${of.fullName}/pull/${pr.number}`;
    const own = `${api}/pulls/${pr.number}`;
    const issue = `${api}/issues/${pr.number}`;
    const side = (ref: string, sha: string) => {
      return { label: `${of.owner}:${ref}`, ref, sha, user: user(of.owner), repo: repository(of) };
    };
    const links = {
      html_url: human,
      issue_url: issue,
      comments_url: `${issue}/comments`,
      commits_url: `${own}/commits`,
      review_comments_url: `${own}/comments`,
      review_comment_url: `${api}/pulls/comments{/number}`,
      statuses_url: `${api}/statuses/${pr.headSha}`,
    };
    const linked = Object.entries(links).map(([name, href]) => [name.replace(/_url$/, ""), { href }]);
    return {
      id: pr.number,
      node_id: nodeId("PullRequest", `${of.fullName}/${pr.number}`),
      number: pr.number,
      url: own,
      ...links,
      diff_url: `${human}.diff`,
      patch_url: `${human}.patch`,
      _links: { self: { href: own }, ...Object.fromEntries(linked) },
      state: pr.state,
      title: pr.title,
      body: pr.body,
      draft: pr.draft,
      user: user(pr.author),
      labels: pr.labels.map((name) => label(of.fullName, name)),
      head: side(pr.head, pr.headSha),
      base: side(pr.base, pr.baseSha),
      locked: false,
      ...nothings(["assignee", "milestone", "auto_merge", "merge_commit_sha"]),
      assignees: [],
      requested_reviewers: [],
      author_association: "COLLABORATOR",
      created_at: pr.createdAt,
      updated_at: pr.updatedAt,
      closed_at: pr.closedAt,
      merged_at: pr.mergedAt,
    };
  };

  const fullPull = (of: GitHubRepository, pr: PullRequest, compared: Comparison | undefined) => {
    const files = compared?.files ?? [];
    const sum = (name: "additions" | "deletions") => files.reduce((total, one) => total + one[name], 0);
    return {
      ...pull(of, pr),
      additions: sum("additions"),
      deletions: sum("deletions"),
      changed_files: files.length,
      commits: compared?.aheadBy ?? 0,
      comments: pr.comments.length,
      review_comments: 0,
      merged: pr.mergedAt !== null,
      merged_by: null,
      mergeable: true,
      mergeable_state: "clean",
      maintainer_can_modify: false,
    };
  };

  return { user, repository, label, comment, pull, fullPull };
}
export type GitHubAnswers = ReturnType<typeof createAnswers>;
