import { beforeEach, it } from "vitest";
import { createSandbox } from "../sandbox/sandbox.ts";
import { createApprovals } from "../stores/approvals.ts";
import { createLeases } from "../stores/leases.ts";
import { emptyDatabase } from "../stores/test-database.ts";
import { interrupt } from "./stop.ts";

let db: D1Database;
beforeEach(async () => {
  db = await emptyDatabase();
});

const conversationId = "slack:T1:C1:1.1";
const executor = {
  lend: () => Promise.reject(new Error("must not lend")),
  fetch: () => Promise.reject(new Error("must not be asked")),
};
const stopIt = (wake: () => Promise<void>) =>
  interrupt(
    { id: "a", conversationId },
    {
      sandbox: (conversation) => createSandbox(executor, conversation),
      leases: createLeases(db),
      approvals: createApprovals(db),
      wake,
      now: () => 2,
    },
  );

it("is tried again where what waits for an approval was not woken", async ({ expect }) => {
  await createApprovals(db).ask("a", { conversationId, plan: "p", expiresAt: 9 });
  await expect(stopIt(() => Promise.reject(new Error("Workflows are down")))).rejects.toThrow("Workflows are down");
  let woken = 0;
  await stopIt(async () => void woken++);
  expect(woken).toBe(1);
});

it("wakes nothing that does not wait", async ({ expect }) => {
  await expect(stopIt(() => Promise.reject(new Error("must not wake")))).resolves.toBeUndefined();
});
