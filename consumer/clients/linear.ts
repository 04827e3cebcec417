import * as z from "zod/mini";
import { Failure } from "../../shared/failure.ts";
import { unescapeMarkdown } from "../../shared/plain-text.ts";
import type { LinearRequest } from "./linear-connection.ts";
import { LinearRefusal } from "./linear-refusal.ts";
import {
  attachmentCreateMutation,
  commentCreateMutation,
  commentUpdateMutation,
  issueCreateMutation,
  firstTeamsIssuesQuery,
  issueAndTeamQuery,
  issueQuery,
  issuesQuery,
  issueUpdateMutation,
  lookUpQuery,
  teamsQuery,
} from "./linear-queries.ts";

const issueSchema = z.object({
  id: z.string(),
  identifier: z.string(),
  title: z.string(),
  /** It is Markdown; without its escapes, so that names with a `_` are found in it. */
  description: z.pipe(
    z.nullish(z.string()),
    z.transform((text) => unescapeMarkdown(text ?? "")),
  ),
  url: z.string(),
});
export type Issue = z.infer<typeof issueSchema>;

/** https://linear.app/developers/filtering: a workflow state's `type`, one of triage, backlog, unstarted, started, completed, canceled. */
const closedStates = ["completed", "canceled", "duplicate"];

const connection = <T extends z.ZodMiniType>(node: T) => z.object({ nodes: z.array(node) });
export const teamSchema = z.object({
  id: z.string(),
  key: z.string(),
  states: connection(z.object({ id: z.string(), name: z.string(), type: z.string() })),
  labels: connection(z.object({ id: z.string(), name: z.string() })),
});
/** A team, its workflow states and its labels. */
export type Team = z.infer<typeof teamSchema>;

export interface NewIssue {
  /** A UUID v4 made from what the issue is for. */
  id: string;
  teamId: string;
  title: string;
  description: string;
  labelIds?: readonly string[];
}

/** What Linear knows of ids and of a page. */
export interface LookedUp {
  issues: Issue[];
  /** Those of the ids' team keys that are keys of teams. */
  teamKeys: string[];
  /** The newest open issue that shows the page. */
  linked: Issue | undefined;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const identifier = /^([A-Z][A-Z0-9]*)-(\d+)$/;

export type Linear = ReturnType<typeof createLinear>;

/** Linear in bugbot's words. Every method throws `Failure`; ids are Linear's UUIDs. */
export function createLinear(request: LinearRequest) {
  return {
    /** By UUID or identifier (`BUG-12`), also by one that it had before it was moved. */
    async issue(id: string): Promise<Issue | undefined> {
      const schema = z.object({ issue: z.nullish(issueSchema) });
      return (await unlessInvalid(request(issueQuery, { id }, schema)))?.issue ?? undefined;
    },

    /** All of it in one call. `ids` are UUIDs and identifiers, but not those that issues had before they were moved. */
    async lookUp(ids: readonly string[], url: string | null): Promise<LookedUp> {
      const named = ids.flatMap((id) => {
        const [, key, number] = identifier.exec(id) ?? [];
        return key === undefined ? [] : [{ key, number: Number(number) }];
      });
      const filter = [
        { id: { in: ids.filter((id) => uuid.test(id)) } },
        ...named.map(({ key, number }) => ({ team: { key: { eq: key } }, number: { eq: number } })),
      ];
      const linkSchema = connection(
        z.object({ issue: z.extend(issueSchema, { state: z.object({ type: z.string() }) }) }),
      );
      const { issues, teams, attachmentsForURL } = await request(
        lookUpQuery,
        {
          issues: { or: filter },
          keys: [...new Set(named.map(({ key }) => key))],
          url: url ?? "",
          hasUrl: url !== null,
        },
        z.object({
          issues: connection(issueSchema),
          teams: connection(z.object({ key: z.string() })),
          attachmentsForURL: z.optional(linkSchema),
        }),
      );
      const open = attachmentsForURL?.nodes.find(({ issue }) => !closedStates.includes(issue.state.type));
      return {
        issues: issues.nodes,
        teamKeys: teams.nodes.map(({ key }) => key),
        linked: open && issueSchema.parse(open.issue),
      };
    },

    /** Open issues of the teams with these keys, or of the first one, that `typed` names by identifier, number or team, or whose title holds it; the latest first. */
    async openIssues(
      typed: string,
      limit: number,
      teamKeys: readonly string[],
    ): Promise<{ identifier: string; title: string }[]> {
      const [, key, number] = /^(?:([a-z][a-z0-9]{0,9})-?)?(\d{1,7})?$/i.exec(typed) ?? [];
      const named = {
        ...(key && { team: { key: { eqIgnoreCase: key } } }),
        ...(number && { number: { eq: Number(number) } }),
      };
      const about = [
        ...(typed === "" ? [] : [{ title: { containsIgnoreCase: typed } }]),
        ...(key || number ? [named] : []),
      ];
      const filter = { state: { type: { nin: closedStates } }, ...(about.length > 0 && { or: about }) };
      const issues = connection(z.object({ identifier: z.string(), title: z.string() }));
      if (teamKeys.length > 0) {
        const asked = { filter: { ...filter, team: { key: { in: teamKeys } } }, first: limit };
        return (await request(issuesQuery, asked, z.object({ issues }))).issues.nodes;
      }
      const schema = z.object({ teams: connection(z.object({ issues })) });
      const { teams } = await request(firstTeamsIssuesQuery, { filter, first: limit }, schema);
      return teams.nodes.flatMap((team) => team.issues.nodes);
    },

    /** The team with this key, or the first one. */
    async team(key?: string): Promise<Team | undefined> {
      const { teams } = await request(
        teamsQuery,
        { teams: teamFilter(key) },
        z.object({ teams: connection(teamSchema) }),
      );
      return teams.nodes[0];
    },

    /** An issue by its UUID, and the team with this key, or the first one. */
    async issueAndTeam(id: string, key?: string): Promise<{ issue: Issue | undefined; team: Team | undefined }> {
      const schema = z.object({ issues: connection(issueSchema), teams: connection(teamSchema) });
      const { issues, teams } = await request(issueAndTeamQuery, { id, teams: teamFilter(key) }, schema);
      return { issue: issues.nodes[0], team: teams.nodes[0] };
    },

    /** Throws the `Failure` `linear_rejected` also where the id is taken. */
    async createIssue(input: NewIssue): Promise<Issue> {
      const schema = z.object({ issueCreate: z.object({ issue: issueSchema }) });
      return (await request(issueCreateMutation, { input }, schema)).issueCreate.issue;
    },

    /** Writes the comment with this id (a UUID v4), or writes it anew. Returns its URL; undefined where it was deleted. */
    async comment({ id, issueId, body }: { id: string; issueId: string; body: string }): Promise<string | undefined> {
      const comment = z.object({ comment: z.object({ url: z.string() }) });
      const creating = request(
        commentCreateMutation,
        { input: { id, issueId, body } },
        z.object({ commentCreate: comment }),
      );
      const created = await unlessInvalid(creating);
      if (created) return created.commentCreate.comment.url;
      const updating = request(commentUpdateMutation, { id, input: { body } }, z.object({ commentUpdate: comment }));
      return (await unlessInvalid(updating))?.commentUpdate.comment.url;
    },

    /** Puts an issue into a workflow state of its team. */
    async move(issueId: string, stateId: string): Promise<void> {
      const moved = z.object({ issueUpdate: z.object({ success: z.boolean() }) });
      await request(issueUpdateMutation, { id: issueId, input: { stateId } }, moved);
    },

    /** Shows `url` on the issue. Linear keeps one attachment per URL. */
    async attach(input: { issueId: string; title: string; subtitle: string; url: string }): Promise<void> {
      const attached = z.object({ attachmentCreate: z.object({ success: z.boolean() }) });
      await request(attachmentCreateMutation, { input }, attached);
    },
  };
}

function teamFilter(key: string | undefined) {
  return key ? { key: { eq: key } } : null;
}

/** Undefined where Linear takes no such input, and has done nothing. */
async function unlessInvalid<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Failure && error.cause instanceof LinearRefusal && error.cause.isInvalid) return undefined;
    throw error;
  }
}
