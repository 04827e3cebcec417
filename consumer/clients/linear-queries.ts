/** Everything bugbot asks Linear, each checked against Linear's schema by a test. */

const issueFields = "id identifier title description url";

export const issueQuery = `query BugbotIssue($id: String!) { issue(id: $id) { ${issueFields} } }`;

export const issuesQuery = `query BugbotIssues($filter: IssueFilter, $first: Int) {
  issues(filter: $filter, first: $first, orderBy: updatedAt) { nodes { identifier title } }
}`;

/** A team with what new issues of it need to know. */
export const teamsQuery = `query BugbotTeams($filter: TeamFilter) {
  teams(filter: $filter, first: 1) {
    nodes { id key states(first: 50) { nodes { id name type } } labels(first: 100) { nodes { id name } } }
  }
}`;

export const attachmentsQuery = `query BugbotIssuesWithLink($url: String!) {
  attachmentsForURL(url: $url, first: 10) { nodes { issue { ${issueFields} state { type } } } }
}`;

export const issueCreateMutation = `mutation BugbotIssueCreate($input: IssueCreateInput!) {
  issueCreate(input: $input) { success issue { ${issueFields} } }
}`;

export const commentCreateMutation = `mutation BugbotCommentCreate($input: CommentCreateInput!) {
  commentCreate(input: $input) { success comment { id url } }
}`;

export const commentUpdateMutation = `mutation BugbotCommentUpdate($id: String!, $input: CommentUpdateInput!) {
  commentUpdate(id: $id, input: $input) { success comment { id url } }
}`;

export const attachmentCreateMutation = `mutation BugbotAttachmentCreate($input: AttachmentCreateInput!) {
  attachmentCreate(input: $input) { success attachment { id } }
}`;

export const issueUpdateMutation = `mutation BugbotIssueUpdate($id: String!, $input: IssueUpdateInput!) {
  issueUpdate(id: $id, input: $input) { success }
}`;
