import * as z from "zod/mini";
import type { Settings } from "../shared/settings.ts";
import { isAllowedRepository, isAllowedWorkspace } from "./allow-list.ts";

export interface SuggestNeeds {
  db: D1Database;
  settings: Settings;
}

const maxSuggestions = 25;
const rowSchema = z.array(z.object({ value: z.string() }));

/** What fits the letters typed so far: repositories that may be worked on, or issues this workspace has worked on. Latest first. */
export async function suggest(
  kind: "repo" | "issue",
  typed: string,
  workspace: string,
  needs: SuggestNeeds,
): Promise<string[]> {
  const { db, settings } = needs;
  if (!isAllowedWorkspace(workspace, settings.BUGBOT_ALLOWED_WORKSPACES)) return [];
  const column = kind === "repo" ? "repository" : "issue_identifier";
  const { results } = await db
    .prepare(
      `SELECT ${column} AS value FROM conversations WHERE ${column} IS NOT NULL AND instr(id, ?1) > 0
       GROUP BY ${column} ORDER BY max(updated_at) DESC LIMIT 100`,
    )
    .bind(`:${workspace}:`)
    .all();
  const used = rowSchema.parse(results).map(({ value }) => value);
  const configured = [settings.BUGBOT_REPO, ...settings.BUGBOT_ALLOWED_REPOS].filter(
    (name) => name !== undefined && !name.includes("*"),
  );
  const known =
    kind === "issue"
      ? used
      : [...used, ...configured].filter((name) => isAllowedRepository(name ?? "", settings.BUGBOT_ALLOWED_REPOS));
  const unique = [...new Set(known.filter((name) => name !== undefined))];
  return unique.filter((name) => name.toLowerCase().includes(typed.trim().toLowerCase())).slice(0, maxSuggestions);
}
