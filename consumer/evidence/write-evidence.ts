import { Failure } from "../../shared/failure.ts";
import type { Linear } from "../clients/linear.ts";
import { stableUuid } from "../stable-id.ts";
import type { Evidence } from "../stores/evidence.ts";

export interface WriteEvidenceNeeds {
  linear: Pick<Linear, "comment">;
  evidence: Pick<Evidence, "generation" | "keepGeneration">;
}

/**
 * Writes an issue's one comment, or writes it anew. A person may have deleted it, and Linear takes no id twice: the next generation's
 * comment then has an id of its own, the same however often this is repeated. Returns its URL. Throws `Failure`.
 */
export async function writeEvidence(
  issueId: string,
  body: string,
  wasWritten: boolean,
  { linear, evidence }: WriteEvidenceNeeds,
): Promise<string> {
  const first = await evidence.generation(issueId);
  for (const generation of wasWritten ? [first, first + 1] : [first]) {
    const id = await stableUuid(`evidence ${issueId}${generation === 0 ? "" : ` ${generation}`}`);
    const url = await linear.comment({ id, issueId, body });
    if (url === undefined) continue;
    if (generation !== first) await evidence.keepGeneration(issueId, generation);
    return url;
  }
  throw new Failure("linear_rejected", { reply: "Linear did not accept this comment.", retry: false });
}
