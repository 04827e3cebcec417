import { randomUUID } from "node:crypto";
import { alreadyExists, invalidArgument, notFound } from "./errors.ts";

interface LinearRecord {
  id: string;
  createdAt: string;
  updatedAt: string;
}
export interface LinearTeam extends LinearRecord {
  key: string;
  name: string;
}
export interface LinearState extends LinearRecord {
  teamId: string;
  name: string;
  type: string;
  color: string;
  position: number;
}
export interface LinearLabel extends LinearRecord {
  name: string;
  color: string;
}
export interface LinearIssue extends LinearRecord {
  teamId: string;
  stateId: string;
  labelIds: string[];
  number: number;
  identifier: string;
  /** Those it had in other teams. */
  previousIdentifiers: string[];
  url: string;
  title: string;
  description: string | null;
  priority: number;
}
export interface LinearComment extends LinearRecord {
  issueId: string;
  parentId: string | null;
  body: string;
  editedAt: string | null;
}
export interface LinearAttachment extends LinearRecord {
  issueId: string;
  url: string;
  title: string;
  subtitle: string | null;
  sourceType: string | null;
  metadata: Record<string, unknown>;
}

const uuidV4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const stateKinds = [
  ["Backlog", "backlog"],
  ["Todo", "unstarted"],
  ["In Progress", "started"],
  ["In Review", "started"],
  ["Done", "completed"],
  ["Canceled", "canceled"],
] as const;

/** What Linear remembers of one workspace. */
export function createWorkspace(urlKey: string, teamKeys: { id?: string; key: string; name: string }[]) {
  const issues: LinearIssue[] = [];
  const comments: LinearComment[] = [];
  /** Nobody sees them any more, but their ids stay taken. */
  const deletedComments: LinearComment[] = [];
  const attachments: LinearAttachment[] = [];
  const organization = { ...record(), name: urlKey, urlKey };
  const viewer = { ...record(), name: "bugbot", displayName: "bugbot", email: "bugbot@example.com" };
  const teams: LinearTeam[] = teamKeys.map(({ id, key, name }) => ({ ...record(), ...(id && { id }), key, name }));
  const labels: LinearLabel[] = ["Bug", "Feature", "Improvement"].map((name) => ({
    ...record(),
    name,
    color: "#eb5757",
  }));
  const states: LinearState[] = teams.flatMap((team) =>
    stateKinds.map(([name, type], position) => ({
      ...record(),
      teamId: team.id,
      name,
      type,
      color: "#bec2c8",
      position,
    })),
  );

  function addIssue(fields: {
    team: LinearTeam;
    title: string;
    id?: string | undefined;
    number?: number | undefined;
    description?: string | null | undefined;
    priority?: number | undefined;
    stateId?: string | undefined;
    labelIds?: string[] | undefined;
  }): LinearIssue {
    const { team, title, id, description = null, priority = 0, labelIds = [] } = fields;
    const number = fields.number ?? nextNumber(team);
    if (issues.some((issue) => issue.teamId === team.id && issue.number === number))
      throw new Error(`${team.key}-${number} exists`);
    const state = fields.stateId ? find(states, fields.stateId, "WorkflowState") : firstState(team);
    for (const labelId of labelIds) find(labels, labelId, "IssueLabel");
    const identifier = `${team.key}-${number}`;
    const url = `https://linear.app/${urlKey}/issue/${identifier}/${slugOf(title)}`;
    const own = { teamId: team.id, stateId: state.id, labelIds, number, identifier, url, title, description, priority };
    const issue = { ...record(), ...(id && { id }), ...own, previousIdentifiers: [] };
    issues.push(issue);
    return issue;
  }
  function nextNumber(team: LinearTeam): number {
    return Math.max(0, ...issues.filter(({ teamId }) => teamId === team.id).map((issue) => issue.number)) + 1;
  }
  /** To another team, in which it gets a new identifier. */
  function moveIssue(id: string, team: LinearTeam): LinearIssue {
    const issue = findIssue(id);
    const number = nextNumber(team);
    const identifier = `${team.key}-${number}`;
    const previousIdentifiers = [...issue.previousIdentifiers, issue.identifier];
    const url = `https://linear.app/${urlKey}/issue/${identifier}/${slugOf(issue.title)}`;
    return Object.assign(issue, {
      teamId: team.id,
      stateId: firstState(team).id,
      number,
      identifier,
      url,
      previousIdentifiers,
    });
  }
  function deleteComment(id: string): void {
    deletedComments.push(...comments.splice(comments.indexOf(find(comments, id, "Comment")), 1));
  }
  function firstState(team: LinearTeam): LinearState {
    const state = states.find((candidate) => candidate.teamId === team.id);
    if (!state) throw notFound("WorkflowState");
    return state;
  }
  /** By UUID or, as people write it, by identifier, also by an earlier one. */
  function findIssue(id: string): LinearIssue {
    const written = id.toUpperCase();
    const issue =
      issues.find((one) => one.id === id || one.identifier === written) ??
      issues.find((one) => one.previousIdentifiers.includes(written));
    if (!issue) throw notFound("Issue");
    return issue;
  }

  const entities = { organization, viewer, teams, labels, states, issues, comments, deletedComments, attachments };
  return { ...entities, addIssue, moveIssue, findIssue, deleteComment };
}
export type LinearWorkspace = ReturnType<typeof createWorkspace>;

export function record(): LinearRecord {
  const now = new Date().toISOString();
  return { id: randomUUID(), createdAt: now, updatedAt: now };
}

export function find<Entity extends LinearRecord>(
  entities: Entity[],
  id: string | null | undefined,
  name: string,
): Entity {
  const entity = entities.find((candidate) => candidate.id === id);
  if (!entity) throw notFound(name);
  return entity;
}

/** A client may choose the id: a v4 UUID nobody used before. */
export function acceptId(entities: LinearRecord[], id: string | null | undefined, name: string): { id?: string } {
  if (id === null || id === undefined) return {};
  if (!uuidV4.test(id)) throw invalidArgument("id", "must be a UUID");
  if (entities.some((entity) => entity.id === id)) throw alreadyExists(name, id);
  return { id };
}

export function slugOf(title: string): string {
  const words = title.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words.slice(0, 8).join("-");
}
