import * as z from "zod/mini";
import type { Command } from "../../shared/command.ts";

export const filled = z.string().check(z.minLength(1));

/** Who interacted, and in which workspace: an app installed for a whole organisation may hear of the person's alone. */
export const personSchema = {
  team: z.optional(z.nullable(z.object({ id: filled }))),
  user: z.object({
    id: filled,
    username: z.optional(z.string()),
    name: z.optional(z.string()),
    team_id: z.optional(z.string()),
  }),
};
type Person = z.infer<z.ZodMiniObject<typeof personSchema>>;

export function authorOf({ user }: Person): Command["author"] {
  const name = user.name || user.username;
  return { id: user.id, ...(name && { name }) };
}

export function teamIdOf({ team, user }: Person): string | undefined {
  return team?.id ?? (user.team_id || undefined);
}

/** What every reader of an interaction is given. */
export interface InteractionContext {
  nowMs: number;
  /** `https://slack.com/api`, without a trailing slash. */
  apiUrl: string;
}
