/** What one run's container may reach. In production the container sees nothing of it, locally its id. */
export interface Lease {
  /** Unguessable. Names the run to the egress; opens nothing the run may not do anyway. */
  id: string;
  /** `owner/name`: the only repository git may reach. */
  repository: string;
  /** The only branch a push may write. */
  branch: string;
  /** The commit a push must start from; null: the branch must be new. */
  headBefore: string | null;
  /** Model families a request may name, such as `sonnet`. */
  models: string[];
  /** Ms since the epoch. */
  expiresAt: number;
  closedAt: number | null;
}

export function isOpen({ expiresAt, closedAt }: Lease, nowMs: number): boolean {
  return closedAt === null && nowMs < expiresAt;
}
