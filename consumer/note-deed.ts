import type { Command } from "../shared/command.ts";
import type { Audit, Deed } from "./stores/audit.ts";

/** For the audit: what bugbot decided for a command, or changed outside. An entry that D1 does not take is lost, but not that of the end, which names the issue and the pull request. */
export async function noteDeed(
  { id }: Pick<Command, "id">,
  action: string,
  facts: NonNullable<Deed["facts"]>,
  { record }: { record: Audit["record"] },
): Promise<void> {
  await record({ deed: `${id} ${action}`, actor: "bugbot", action, subject: id, facts });
}
