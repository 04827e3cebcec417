import { linearCacheSeconds } from "../../shared/limits.ts";
import { parseJson } from "../../shared/parse-json.ts";
import { type Linear, type Team, teamSchema } from "../clients/linear.ts";
import type { Entries } from "./forgive-kv.ts";

/** Linear's teams with their workflow states and labels, kept in KV for an hour: they hardly change, and every command needs one. */
export function createLinearTeams(linear: Pick<Linear, "team">, kv: Entries) {
  const entry = (key: string | undefined) => `linear:team:${key ?? ""}`;

  /** Under the key it was asked for by, which may be none, and under its own. */
  async function keep(key: string | undefined, team: Team | undefined): Promise<void> {
    if (!team) return;
    for (const known of new Set([key, team.key])) {
      await kv.put(entry(known), JSON.stringify(team), { expirationTtl: linearCacheSeconds });
    }
  }

  /** As Linear knows it now. */
  async function refresh(key?: string): Promise<Team | undefined> {
    const team = await linear.team(key);
    await keep(key, team);
    return team;
  }

  return {
    keep,
    refresh,
    /** The team with this key, or the first one. */
    async find(key?: string): Promise<Team | undefined> {
      const kept = teamSchema.safeParse(parseJson((await kv.get(entry(key))) ?? ""));
      return kept.success ? kept.data : refresh(key);
    },
  };
}
export type LinearTeams = ReturnType<typeof createLinearTeams>;
