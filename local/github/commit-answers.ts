import { nodeId } from "./answers.ts";
import { type ChangedFile, type CommitFacts, type Comparison } from "./comparison.ts";

// What one answer holds at most: https://docs.github.com/rest/commits/commits#compare-two-commits
const maxComparedFiles = 300;
const maxComparedCommits = 250;

/** Turns what git says of commits and files into GitHub's answers. */
export function createCommitAnswers(apiUrl: string, url: string) {
  const commit = (fullName: string, { sha, tree, parents, author, committer, message }: CommitFacts) => {
    const api = `${apiUrl}/repos/${fullName}`;
    const verification = { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null };
    const treeAnswer = { sha: tree, url: `${api}/git/trees/${tree}` };
    const own = `${api}/git/commits/${sha}`;
    return {
      sha,
      node_id: nodeId("Commit", sha),
      url: `${api}/commits/${sha}`,
      html_url: `${url}/${fullName}/commit/${sha}`,
      comments_url: `${api}/commits/${sha}/comments`,
      commit: { author, committer, message, tree: treeAnswer, url: own, comment_count: 0, verification },
      author: null,
      committer: null,
      parents: parents.map((parent) => ({
        sha: parent,
        url: `${api}/commits/${parent}`,
        html_url: `${url}/${fullName}/commit/${parent}`,
      })),
    };
  };

  const file = (fullName: string, head: string, { previousFilename, patch, ...of }: ChangedFile) => {
    const path = of.filename.split("/").map(encodeURIComponent).join("/");
    return {
      sha: of.sha,
      filename: of.filename,
      ...(previousFilename !== undefined && { previous_filename: previousFilename }),
      status: of.status,
      additions: of.additions,
      deletions: of.deletions,
      changes: of.additions + of.deletions,
      blob_url: `${url}/${fullName}/blob/${head}/${path}`,
      raw_url: `${url}/${fullName}/raw/${head}/${path}`,
      contents_url: `${apiUrl}/repos/${fullName}/contents/${path}?ref=${head}`,
      ...(patch !== undefined && { patch }),
    };
  };

  const comparison = (fullName: string, asked: string, of: Comparison, base: CommitFacts, mergeBase: CommitFacts) => {
    const human = `${url}/${fullName}/compare/${asked}`;
    const directions =
      of.behindBy > 0 ? (of.aheadBy > 0 ? "diverged" : "behind") : of.aheadBy > 0 ? "ahead" : "identical";
    return {
      url: `${apiUrl}/repos/${fullName}/compare/${asked}`,
      html_url: human,
      permalink_url: `${url}/${fullName}/compare/${of.base.slice(0, 7)}...${of.head.slice(0, 7)}`,
      diff_url: `${human}.diff`,
      patch_url: `${human}.patch`,
      base_commit: commit(fullName, base),
      merge_base_commit: commit(fullName, mergeBase),
      status: directions,
      ahead_by: of.aheadBy,
      behind_by: of.behindBy,
      total_commits: of.aheadBy,
      commits: of.commits.slice(0, maxComparedCommits).map((one) => commit(fullName, one)),
      files: of.files.slice(0, maxComparedFiles).map((one) => file(fullName, of.head, one)),
    };
  };

  return { commit, file, comparison };
}
export type CommitAnswers = ReturnType<typeof createCommitAnswers>;
