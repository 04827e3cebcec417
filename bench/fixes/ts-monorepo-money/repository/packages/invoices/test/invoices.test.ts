import assert from "node:assert/strict";
import { test } from "node:test";
import { payInParts } from "../src/index.ts";

test("a part is due each month", () => {
  const parts = payInParts({ amount: 300, currency: "EUR" }, 3, "2026-11-15");
  assert.deepEqual(
    parts.map(({ number, due, sum }) => [number, due, sum.amount]),
    [
      [1, "2026-11-15", 100],
      [2, "2026-12-15", 100],
      [3, "2027-01-15", 100],
    ],
  );
});
