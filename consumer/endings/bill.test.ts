import { it } from "vitest";
import { readSettings } from "../../shared/settings.ts";
import { createSpending } from "../stores/spending.ts";
import { emptyDatabase, testCommand } from "../stores/test-database.ts";
import { createCommands } from "../stores/commands.ts";
import { reserveMonth } from "./bill.ts";

it("says on which day to try again when what is under way may take the rest of the month's money", async ({
  expect,
}) => {
  const db = await emptyDatabase();
  const commands = createCommands(db);
  const nowMs = Date.UTC(2026, 10, 27, 12);
  const needs = {
    spending: createSpending(db),
    settings: readSettings({ BUGBOT_MAX_USD_PER_WORKSPACE_MONTH: "5" }),
    now: () => nowMs,
  };
  for (const id of ["a", "b"]) await commands.admit(testCommand(id), nowMs);
  expect(await reserveMonth(testCommand("a"), 5, needs)).toBe(5);
  await expect(reserveMonth(testCommand("b"), 5, needs)).rejects.toMatchObject({
    reply: expect.stringMatching(/Try again when it has ended, on 1 December \(UTC\) at the latest\.$/),
  });
});
