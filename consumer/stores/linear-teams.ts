import * as z from "zod/mini";
import { linearCacheSeconds } from "../../shared/limits.ts";
import { type Linear, type Team, teamSchema } from "../clients/linear.ts";

/** That there is no such team is kept too: `UTF-8` looks like an issue of one. */
const keptSchema = z.union([teamSchema, z.literal("none")]);

/** What is used of a KV namespace. */
interface TeamEntries {
  get: (key: string, type: "json") => Promise<unknown>;
  put: (key: string, value: string, options: { expirationTtl: number }) => Promise<void>;
}

/** Linear's teams with their workflow states and labels, kept in KV for an hour: they hardly change, and every command needs one. */
export function createLinearTeams(linear: Pick<Linear, "team">, kv: TeamEntries) {
  const entry = (key: string | undefined) => `linear:team:${key ?? ""}`;

  /** As Linear knows it now. */
  async function refresh(key?: string): Promise<Team | undefined> {
    const team = await linear.team(key);
    await kv.put(entry(key), JSON.stringify(team ?? "none"), { expirationTtl: linearCacheSeconds });
    return team;
  }

  return {
    refresh,
    /** The team with this key, or the first one. */
    async find(key?: string): Promise<Team | undefined> {
      const kept = keptSchema.safeParse(await kv.get(entry(key), "json").catch(() => undefined));
      if (!kept.success) return refresh(key);
      return kept.data === "none" ? undefined : kept.data;
    },
  };
}
export type LinearTeams = ReturnType<typeof createLinearTeams>;
