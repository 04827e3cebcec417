import { unjudgedPushes, watchdogBatch } from "../../shared/limits.ts";
import { describeError } from "../../shared/log.ts";
import type { Outside } from "../needs.ts";
import { takeBack } from "./take-back.ts";

type TakeBackLateNeeds = Pick<
  Outside,
  "github" | "leases" | "record" | "checkpoints" | "conversations" | "log" | "now"
>;

/** Takes back what ended commands pushed and nobody has judged: GitHub was away then, or the push arrived after its run. */
export async function takeBackLate({ github, ...needs }: TakeBackLateNeeds): Promise<void> {
  if (!github) return;
  const { leases, log, now } = needs;
  for (const run of await leases.takeUnjudged(watchdogBatch, now())) {
    const { commandId, repository, branch, pushedAt } = run;
    try {
      const returned = await takeBack(run, { ...needs, github });
      if (returned === "taken_back") log("push_taken_back", { commandId, repository, branch });
      else if (now() > pushedAt + unjudgedPushes.lateMs) await leases.judged(commandId);
    } catch (error) {
      log("push_not_taken_back", { commandId, repository, branch, ...describeError(error) });
    }
  }
}
