import * as z from "zod/mini";
import { directMessages } from "../shared/conversation.ts";
import { suggestLinearMs } from "../shared/limits.ts";
import type { Settings } from "../shared/settings.ts";
import { isAllowedRepository, isAllowedWorkspace } from "./admission/allow-list.ts";
import type { Linear } from "./clients/linear.ts";

export interface SuggestNeeds {
  db: D1Database;
  linear: Pick<Linear, "openIssues"> | undefined;
  settings: Settings;
}

export interface Suggestion {
  /** What the person sees. */
  name: string;
  /** What is sent when they choose it: an issue's identifier, or `owner/name`. */
  value: string;
}

const maxSuggestions = 25;
/** A workspace's latest, of which it is said what they worked on. */
const maxConversations = 500;
const rowSchema = z.array(z.object({ value: z.string() }));

/** What fits the letters typed so far: repositories that may be worked on, or issues. What this workspace has worked on comes first. */
export async function suggest(
  kind: "repo" | "issue",
  typed: string,
  workspace: string,
  { db, linear, settings }: SuggestNeeds,
): Promise<Suggestion[]> {
  if (!isAllowedWorkspace(workspace, settings.BUGBOT_ALLOWED_WORKSPACES)) return [];
  const letters = typed.trim().toLowerCase();
  const [used, open] = await Promise.all([usedBefore(), kind === "issue" ? openIssues() : []]);
  const known = kind === "issue" ? used : [...used, ...configured()].filter(isAllowed);
  const titles = new Map(open.map(({ identifier, title }) => [identifier, title]));
  const fitting = known.filter((value) => value.toLowerCase().includes(letters));
  return [...new Set([...fitting, ...titles.keys()])]
    .slice(0, maxSuggestions)
    .map((value) => ({ name: [value, titles.get(value)].filter((word) => word).join(" "), value }));

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

  /** None where Linear is off, slow or down: suggestions are a help only. */
  async function openIssues(): Promise<{ identifier: string; title: string }[]> {
    if (!linear) return [];
    const late = Promise.withResolvers<[]>();
    const timer = setTimeout(() => late.resolve([]), suggestLinearMs);
    const found = linear.openIssues(letters, maxSuggestions).catch(() => []);
    return Promise.race([found, late.promise]).finally(() => clearTimeout(timer));
  }

  function configured(): string[] {
    const { BUGBOT_REPO, BUGBOT_ALLOWED_REPOS } = settings;
    return [...(BUGBOT_REPO ? [BUGBOT_REPO] : []), ...BUGBOT_ALLOWED_REPOS].filter((name) => !name.includes("*"));
  }

  function isAllowed(name: string): boolean {
    return isAllowedRepository(name, settings.BUGBOT_ALLOWED_REPOS);
  }
}
