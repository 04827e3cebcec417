import { Failure } from "../../shared/failure.ts";
import type { Issue, Linear, Team } from "../clients/linear.ts";
import type { LinearTeams } from "../stores/linear-teams.ts";

/** Puts an issue into its team's state for review; nothing happens where the team has none. */
export async function moveToReview(
  { id, identifier }: Issue,
  { linear, teams }: { linear: Pick<Linear, "move">; teams: LinearTeams },
): Promise<boolean> {
  const [key = ""] = identifier.split("-");
  const move = async (team: Team | undefined): Promise<boolean> => {
    const state = team?.states.nodes.find(({ name, type }) => type === "started" && /review/i.test(name));
    if (state) await linear.move(id, state.id);
    return state !== undefined;
  };
  try {
    return await move(await teams.find(key));
  } catch (error) {
    // What was kept of the team may be out of date.
    if (!(error instanceof Failure) || error.code !== "linear_rejected") throw error;
    return move(await teams.refresh(key));
  }
}
