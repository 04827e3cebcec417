import { type LinearAnswers } from "./answers.ts";
import { invalidArgument } from "./errors.ts";
import { acceptId, find, type LinearWorkspace, record } from "./workspace.ts";

type Given<Fields> = { [Name in keyof Fields]?: Fields[Name] | null };
type IssueFields = { title: string; description: string; stateId: string; priority: number; labelIds: string[] };
type NewIssue = Given<IssueFields & { id: string }> & { teamId: string };
type ChangedIssue = Given<IssueFields & { addedLabelIds: string[]; removedLabelIds: string[] }>;
type NewComment = Given<{ id: string; issueId: string; parentId: string; body: string }>;
type NewAttachment = Given<{ id: string; title: string; subtitle: string; metadata: Record<string, unknown> }> & {
  issueId: string;
  url: string;
};

/** Everything that changes the workspace. */
export function createMutations(workspace: LinearWorkspace, answers: LinearAnswers) {
  const { teams, states, labels, issues, comments, deletedComments, attachments } = workspace;
  let lastSyncId = 0;
  const done = () => ({ success: true, lastSyncId: ++lastSyncId });
  const touch = (entity: { updatedAt: string }) => Object.assign(entity, { updatedAt: new Date().toISOString() });

  /** One attachment per URL and issue: the same URL again updates it. */
  function attach(sourceType: string | null, { id, issueId, url, title, subtitle, metadata }: NewAttachment) {
    const issue = workspace.findIssue(issueId);
    const chosen = acceptId(attachments, id, "Attachment");
    if (!URL.canParse(url)) throw invalidArgument("url", "must be a URL address");
    const fields = { title: title ?? url, subtitle: subtitle ?? null, metadata: metadata ?? {} };
    const known = attachments.find((one) => one.issueId === issue.id && one.url === url);
    if (known) touch(Object.assign(known, fields));
    else attachments.push({ ...record(), ...chosen, issueId: issue.id, url, sourceType, ...fields });
    const attachment = attachments.find((one) => one.issueId === issue.id && one.url === url);
    return { ...done(), attachment: attachment && answers.attachment(attachment) };
  }

  return {
    issueCreate: ({ input }: { input: NewIssue }) => {
      const { id } = acceptId(issues, input.id, "Issue");
      const team = find(teams, input.teamId, "Team");
      if (!input.title) throw invalidArgument("title", "should not be empty");
      const { title, description, priority, stateId, labelIds } = input;
      const more = { priority: priority ?? 0, stateId: stateId ?? undefined, labelIds: labelIds ?? [] };
      return { ...done(), issue: answers.issue(workspace.addIssue({ team, id, title, description, ...more })) };
    },
    issueUpdate: ({ id, input }: { id: string; input: ChangedIssue }) => {
      const issue = workspace.findIssue(id);
      const { addedLabelIds, removedLabelIds, labelIds, title, stateId, priority } = input;
      if (stateId) find(states, stateId, "WorkflowState");
      const kept = (labelIds ?? issue.labelIds).filter((labelId) => !removedLabelIds?.includes(labelId));
      const wanted = [...new Set([...kept, ...(addedLabelIds ?? [])])];
      for (const labelId of wanted) find(labels, labelId, "IssueLabel");
      issue.labelIds = wanted;
      if (title) issue.title = title;
      if (stateId) issue.stateId = stateId;
      if (typeof priority === "number") issue.priority = priority;
      if (input.description !== undefined) issue.description = input.description;
      touch(issue);
      return { ...done(), issue: answers.issue(issue) };
    },
    commentCreate: ({ input }: { input: NewComment }) => {
      const chosen = acceptId([...comments, ...deletedComments], input.id, "Comment");
      const issue = workspace.findIssue(input.issueId ?? "");
      if (!input.body) throw invalidArgument("body", "should not be empty");
      const parentId = input.parentId ? find(comments, input.parentId, "Comment").id : null;
      const comment = { ...record(), ...chosen, issueId: issue.id, parentId, body: input.body, editedAt: null };
      comments.push(comment);
      return { ...done(), comment: answers.comment(comment) };
    },
    commentUpdate: ({ id, input }: { id: string; input: Given<{ body: string }> }) => {
      const comment = find(comments, id, "Comment");
      if (input.body) Object.assign(touch(comment), { body: input.body, editedAt: new Date().toISOString() });
      return { ...done(), comment: answers.comment(comment) };
    },
    commentDelete: ({ id }: { id: string }) => {
      workspace.deleteComment(id);
      return { ...done(), entityId: id };
    },
    attachmentCreate: ({ input }: { input: NewAttachment }) => attach(null, input),
    attachmentLinkURL: (given: NewAttachment) => attach(null, given),
    attachmentLinkGitHubPR: (given: NewAttachment) => {
      if (!/\/[^/]+\/[^/]+\/pull\/\d+$/.test(given.url)) throw invalidArgument("url", "must be a pull request's URL");
      return attach("github", given);
    },
  };
}
