import type { Lease } from "./lease.ts";

/** A run's lease that is open until 1000; for tests. */
export const testLease: Lease = {
  id: "lease",
  commandId: "command",
  maxUsd: 5,
  repository: "acme/shop",
  branch: "bugbot/bug-1",
  headBefore: null,
  models: ["sonnet"],
  expiresAt: 1000,
  closedAt: null,
};
