import type { Command } from "../../shared/command.ts";
import type { Ending } from "./ending.ts";
import type { Metrics } from "../metrics.ts";
import type { Audit } from "../stores/audit.ts";

export interface NoteEndNeeds {
  record: Audit["record"];
  metrics: Pick<Metrics, "commandEnded">;
  now: () => number;
}

export type NotedEnding = Pick<Ending, "outcome" | "reply"> & {
  died?: string | undefined;
  issue?: string | undefined;
  pullRequestUrl?: string | undefined;
  usage?: { costUsd: number; turns?: number } | undefined;
};

/** A command's end, for the audit and the metrics: once, however often it is told. */
export async function noteEnd(
  command: Command,
  ending: NotedEnding,
  actor: string,
  { record, metrics, now }: NoteEndNeeds,
): Promise<void> {
  const { id } = command;
  const { outcome, reply, died, issue, pullRequestUrl, usage } = ending;
  const why = (died ?? reply).slice(0, maxReasonLength).toWellFormed();
  const facts = { outcome, why, issue, pullRequest: pullRequestUrl, costUsd: usage?.costUsd };
  const isNew = await record({ deed: `${id} ended`, actor, action: "ended", subject: id, facts });
  if (isNew) metrics.commandEnded(command, ending, actor, now());
}

const maxReasonLength = 300;
