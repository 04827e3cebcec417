import type { Command } from "../shared/command.ts";
import type { Audit, Deed } from "./stores/audit.ts";

/** For the audit: what bugbot decided for a command, or changed outside. To be called in the step that does it. */
export async function noteDeed(
  { id }: Command,
  action: string,
  facts: NonNullable<Deed["facts"]>,
  { record }: { record: Audit["record"] },
): Promise<void> {
  await record({ deed: `${id} ${action}`, actor: "bugbot", action, subject: id, facts });
}
