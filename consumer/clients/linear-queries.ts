/** Everything bugbot asks Linear, each checked against Linear's schema by a test. */

const issueFields = "id identifier title description url";

export const issueQuery = `query BugbotIssue($id: String!) { issue(id: $id) { ${issueFields} } }`;

export const issuesQuery = `query BugbotIssues($filter: IssueFilter, $first: Int) {
  issues(filter: $filter, first: $first, orderBy: updatedAt) { nodes { identifier title } }
}`;

export const teamsQuery = `query BugbotTeams($filter: TeamFilter) { teams(filter: $filter, first: 1) { nodes { id key } } }`;

export const issueCreateMutation = `mutation BugbotIssueCreate($input: IssueCreateInput!) {
  issueCreate(input: $input) { success issue { ${issueFields} } }
}`;

export const attachmentCreateMutation = `mutation BugbotAttachmentCreate($input: AttachmentCreateInput!) {
  attachmentCreate(input: $input) { success attachment { id } }
}`;
