import { watchdogBatch } from "../../shared/limits.ts";
import { describeError } from "../../shared/log.ts";
import type { Outside } from "../needs.ts";

/** Deletes what conversations kept for longer than they may. What a reader finds is judged by its own age; this frees the place. */
export async function expireCheckpoints({
  conversations,
  checkpoints,
  log,
  now,
}: Pick<Outside, "conversations" | "checkpoints" | "log" | "now">): Promise<void> {
  for (const id of await conversations.expired(now(), watchdogBatch)) {
    try {
      await checkpoints.remove(id);
      await conversations.forgetCheckpoint(id);
      log("checkpoint_expired", { conversation: id });
    } catch (error) {
      log("checkpoint_not_expired", { conversation: id, ...describeError(error) });
    }
  }
}
