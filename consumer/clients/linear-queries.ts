/** Everything bugbot asks Linear, each checked against Linear's schema by a test. */

const issueFields = "id identifier title description url";

export const issueQuery = `query BugbotIssue($id: String!) { issue(id: $id) { ${issueFields} } }`;

export const issuesQuery = `query BugbotIssues($filter: IssueFilter, $first: Int) {
  issues(filter: $filter, first: $first, orderBy: updatedAt) { nodes { identifier title } }
}`;

/** Those of the first team. */
export const firstTeamsIssuesQuery = `query BugbotFirstTeamsIssues($filter: IssueFilter, $first: Int) {
  teams(first: 1) { nodes { issues(filter: $filter, first: $first, orderBy: updatedAt) { nodes { identifier title } } } }
}`;

/** A team's parts that new issues of it need to know. */
const teamFields = "id key states(first: 50) { nodes { id name type } } labels(first: 100) { nodes { id name } }";

export const teamsQuery = `query BugbotTeams($teams: TeamFilter) {
  teams(filter: $teams, first: 1) { nodes { ${teamFields} } }
}`;

/** Issues that were archived are found too, as by `issue`. */
export const lookUpQuery = `query BugbotLookUp($issues: IssueFilter!, $keys: [String!]!, $url: String!, $hasUrl: Boolean!) {
  issues(filter: $issues, first: 50, includeArchived: true) { nodes { ${issueFields} } }
  teams(filter: { key: { in: $keys } }, first: 50) { nodes { key } }
  attachmentsForURL(url: $url, first: 10) @include(if: $hasUrl) { nodes { issue { ${issueFields} state { type } } } }
}`;

export const issueAndTeamQuery = `query BugbotIssueAndTeam($id: ID!, $teams: TeamFilter) {
  issues(filter: { id: { eq: $id } }, first: 1, includeArchived: true) { nodes { ${issueFields} } }
  teams(filter: $teams, first: 1) { nodes { ${teamFields} } }
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
