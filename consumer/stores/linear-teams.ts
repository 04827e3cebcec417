import { linearCacheSeconds } from "../../shared/limits.ts";
import { type Linear, type Team, teamSchema } from "../clients/linear.ts";

/** Linear's teams with their workflow states and labels, kept in KV for an hour: they hardly change, and every command needs one. */
export function createLinearTeams(linear: Pick<Linear, "team">, kv: KVNamespace) {
  const entry = (key: string | undefined) => `linear:team:${key ?? ""}`;

  /** As Linear knows it now. */
  async function refresh(key?: string): Promise<Team | undefined> {
    const team = await linear.team(key);
    if (team) await kv.put(entry(key), JSON.stringify(team), { expirationTtl: linearCacheSeconds });
    return team;
  }

  return {
    refresh,
    /** The team with this key, or the first one. */
    async find(key?: string): Promise<Team | undefined> {
      const kept = teamSchema.safeParse(await kv.get(entry(key), "json").catch(() => undefined));
      return kept.success ? kept.data : refresh(key);
    },
  };
}
export type LinearTeams = ReturnType<typeof createLinearTeams>;
