/** What one run may reach and spend. */
export interface LeaseTerms {
  /** `owner/name`: the only repository git may reach. */
  repository: string;
  /** The only branch a push may write. */
  branch: string;
  /** The commit a push must start from; null: the branch must be new. */
  headBefore: string | null;
  /** Model families a request may name, such as `sonnet`: the agent's own comes first. */
  models: string[];
  /** Ms since the epoch. */
  expiresAt: number;
  /** What the model may cost. */
  maxUsd: number;
}

/** A run's terms while it lasts. In production the container sees nothing of it, locally its id. */
export interface Lease extends LeaseTerms {
  /** Unguessable. Names the run to the egress; opens nothing the run may not do anyway. */
  id: string;
  commandId: string;
  closedAt: number | null;
}

export function isOpen({ expiresAt, closedAt }: Lease, nowMs: number): boolean {
  return closedAt === null && nowMs < expiresAt;
}
