import { connection, type ConnectionArguments } from "./connections.ts";
import {
  find,
  type LinearAttachment,
  type LinearComment,
  type LinearIssue,
  type LinearLabel,
  type LinearState,
  type LinearTeam,
  type LinearWorkspace,
  slugOf,
} from "./workspace.ts";

const priorityLabels = ["No priority", "Urgent", "High", "Medium", "Low"];

/** Turns what the workspace remembers into what the schema's types offer. */
export function createAnswers(workspace: LinearWorkspace) {
  const { teams, states, labels, issues, comments, attachments } = workspace;

  const organization = () => workspace.organization;
  const user = () => ({
    ...workspace.viewer,
    active: true,
    admin: false,
    app: true,
    organization,
    url: `https://linear.app/${workspace.organization.urlKey}/profiles/bugbot`,
  });
  const team = (of: LinearTeam) => ({
    ...of,
    displayName: of.name,
    description: null,
    issues: (asked: ConnectionArguments) =>
      issuePage(
        issues.filter(({ teamId }) => teamId === of.id),
        asked,
      ),
    labels: (asked: ConnectionArguments) => connection(labels.map(label), asked),
    states: (asked: ConnectionArguments) =>
      connection(states.filter(({ teamId }) => teamId === of.id).map(state), asked),
  });
  const state = (of: LinearState) => ({ ...of, team: () => team(find(teams, of.teamId, "Team")) });
  const label = (of: LinearLabel) => ({ ...of, isGroup: false, team: null });
  const issue = (of: LinearIssue) => ({
    ...of,
    archivedAt: null,
    assignee: null,
    creator: user,
    branchName: `bugbot/${of.identifier.toLowerCase()}-${slugOf(of.title)}`,
    priorityLabel: priorityLabels[of.priority] ?? "No priority",
    state: () => state(find(states, of.stateId, "WorkflowState")),
    team: () => team(find(teams, of.teamId, "Team")),
    labels: (asked: ConnectionArguments) =>
      connection(labels.filter(({ id }) => of.labelIds.includes(id)).map(label), asked),
    comments: (asked: ConnectionArguments) =>
      connection(comments.filter(({ issueId }) => issueId === of.id).map(comment), asked),
    attachments: (asked: ConnectionArguments) =>
      connection(attachments.filter(({ issueId }) => issueId === of.id).map(attachment), asked),
  });
  type Comment = LinearComment & { issue: () => ReturnType<typeof issue>; parent: () => Comment | null };
  const comment = (of: LinearComment): Comment & { url: string; user: typeof user } => ({
    ...of,
    user,
    url: `${find(issues, of.issueId, "Issue").url}#comment-${of.id.slice(0, 8)}`,
    issue: () => issue(find(issues, of.issueId, "Issue")),
    parent: () => (of.parentId ? comment(find(comments, of.parentId, "Comment")) : null),
  });
  const attachment = (of: LinearAttachment) => ({
    ...of,
    creator: user,
    issue: () => issue(find(issues, of.issueId, "Issue")),
  });
  const issuePage = (among: LinearIssue[], asked: ConnectionArguments) => connection(among.map(issue), asked);

  const queries = {
    organization,
    viewer: user,
    issue: ({ id }: { id: string }) => issue(workspace.findIssue(id)),
    issues: (asked: ConnectionArguments) => issuePage(issues, asked),
    team: ({ id }: { id: string }) => team(find(teams, teams.find(({ key }) => key === id)?.id ?? id, "Team")),
    teams: (asked: ConnectionArguments) => connection(teams.map(team), asked),
    workflowStates: (asked: ConnectionArguments) => connection(states.map(state), asked),
    issueLabels: (asked: ConnectionArguments) => connection(labels.map(label), asked),
    comment: ({ id }: { id?: string | null }) => comment(find(comments, id, "Comment")),
    attachment: ({ id }: { id: string }) => attachment(find(attachments, id, "Attachment")),
    attachmentsForURL: ({ url, ...asked }: ConnectionArguments & { url: string }) =>
      connection(attachments.filter((one) => one.url === url).map(attachment), asked),
  };
  return { queries, issue, comment, attachment };
}
export type LinearAnswers = ReturnType<typeof createAnswers>;
