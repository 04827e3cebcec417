import * as z from "zod/mini";
import { directMessages } from "../shared/conversation.ts";
import { suggestions } from "../shared/limits.ts";
import type { Settings } from "../shared/settings.ts";
import { isAllowedRepository, isAllowedWorkspace } from "./admission/allow-list.ts";
import type { Linear } from "./clients/linear.ts";
import { createSuggestedIssues, type OpenIssue } from "./stores/suggested-issues.ts";

export interface SuggestNeeds {
  db: D1Database;
  linear: Pick<Linear, "openIssues"> | undefined;
  settings: Settings;
  now: () => number;
  /** Goes on with something after the answer: `waitUntil`. */
  later: (work: Promise<void>) => void;
}

export interface Suggestion {
  /** What the person sees. */
  name: string;
  /** What is sent when they choose it: an issue's identifier, or `owner/name`. */
  value: string;
}

const maxSuggestions = 25;
/** As Discord's own: https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-choice-structure */
const maxTypedLength = 100;
/** A workspace's latest, of which it is said what they worked on. */
const maxConversations = 500;
const rowSchema = z.array(z.object({ value: z.string() }));

/** What fits the letters typed so far: repositories that may be worked on, or issues. What this workspace has worked on comes first. A source that is slow or down adds none. */
export async function suggest(
  kind: "repo" | "issue",
  typed: string,
  workspace: string,
  { db, linear, settings, now, later }: SuggestNeeds,
): Promise<Suggestion[]> {
  if (!isAllowedWorkspace(workspace, settings.BUGBOT_ALLOWED_WORKSPACES)) return [];
  const letters = typed.slice(0, maxTypedLength).trim().toLowerCase();
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, suggestions.timeoutMs);
  const [used, open] = await Promise.all([inTime(usedBefore(), []), kind === "issue" ? openIssues() : []]);
  clearTimeout(timer);
  const known = kind === "issue" ? used : [...used, ...configured()].filter(isAllowed);
  const titles = new Map(open.map(({ identifier, title }) => [identifier, title]));
  const fitting = known.filter((value) => value.toLowerCase().includes(letters));
  return [...new Set([...fitting, ...titles.keys()])]
    .slice(0, maxSuggestions)
    .map((value) => ({ name: [value, titles.get(value)].filter((word) => word).join(" "), value }));

  /** One time for all of it. */
  async function inTime<T>(answer: Promise<T>, otherwise: T): Promise<T> {
    return Promise.race([answer, late.promise.then(() => otherwise)]).catch(() => otherwise);
  }

  async function usedBefore(): Promise<string[]> {
    // One person's direct messages are no business of another's.
    if (workspace === directMessages) return [];
    const column = kind === "repo" ? "repository" : "issue_identifier";
    const { results } = await db
      .prepare(
        `SELECT value FROM (SELECT ${column} AS value, updated_at FROM conversations
           WHERE workspace = ?1 AND ${column} IS NOT NULL ORDER BY updated_at DESC LIMIT ?2)
         GROUP BY value ORDER BY max(updated_at) DESC LIMIT 100`,
      )
      .bind(`discord:${workspace}:`, maxConversations)
      .all();
    return rowSchema.parse(results).map(({ value }) => value);
  }

  /** As Linear answered lately, or answers now where it is this workspace's turn to ask; else what fits of its answers to the first of the letters. */
  async function openIssues(): Promise<OpenIssue[]> {
    if (!linear) return [];
    const store = createSuggestedIssues(db);
    const kept = await inTime(store.find(workspace, letters, now()), undefined);
    if (kept?.typed === letters) return kept.issues;
    const fittingSoFar = (kept?.issues ?? []).filter(({ identifier, title }) =>
      `${identifier} ${title}`.toLowerCase().includes(letters),
    );
    return inTime(ask(linear, store, fittingSoFar), fittingSoFar);
  }

  async function ask(
    asked: Pick<Linear, "openIssues">,
    store: ReturnType<typeof createSuggestedIssues>,
    otherwise: OpenIssue[],
  ): Promise<OpenIssue[]> {
    if (!(await store.takeTurn(workspace, now()))) return otherwise;
    const found = asked.openIssues(letters, maxSuggestions, teamsOf(settings));
    // An answer that comes too late for this letter is there for the next one.
    later(found.then((issues) => store.keep(workspace, letters, issues, now())).catch(() => undefined));
    return found;
  }

  function configured(): string[] {
    const { BUGBOT_REPO, BUGBOT_ALLOWED_REPOS } = settings;
    return [...(BUGBOT_REPO ? [BUGBOT_REPO] : []), ...BUGBOT_ALLOWED_REPOS].filter((name) => !name.includes("*"));
  }

  function isAllowed(name: string): boolean {
    return isAllowedRepository(name, settings.BUGBOT_ALLOWED_REPOS);
  }
}

/** The keys of the teams that the settings name; none where issues are the first team's. */
function teamsOf({ LINEAR_TEAM_KEY, LINEAR_CHANNEL_TEAMS }: Settings): string[] {
  const ofChannels = LINEAR_CHANNEL_TEAMS.flatMap((pair) => pair.split("=")[1] ?? []);
  return [...new Set([...(LINEAR_TEAM_KEY ? [LINEAR_TEAM_KEY] : []), ...ofChannels])];
}
