import { it } from "vitest";
import { createCountRefusals } from "./count-refusals.ts";

it("says the first of a kind at once, and counts the others", ({ expect }) => {
  let now = 0;
  const lines: unknown[] = [];
  const count = createCountRefusals({ log: (event, facts) => void lines.push([event, facts]), now: () => now });
  const unsigned = { status: 401, reason: "The signature is not valid." };
  for (now = 0; now < 1_000; now++) count(unsigned);
  count({ status: 404, reason: "404 Not Found" });
  expect(lines.splice(0)).toEqual([
    ["request_refused", { ...unsigned, count: 1 }],
    ["request_refused", { status: 404, reason: "404 Not Found", count: 1 }],
  ]);
  now = 60_000;
  count(unsigned);
  expect(lines).toEqual([["request_refused", { ...unsigned, count: 1_000 }]]);
});

it("knows a bounded number of kinds", ({ expect }) => {
  const lines: unknown[] = [];
  const count = createCountRefusals({ log: (event) => void lines.push(event), now: () => 0 });
  for (let at = 0; at < 1_000; at++) count({ status: 400, reason: `Not understood: ${at}.` });
  expect(lines.splice(0)).toHaveLength(1_000);
  count({ status: 400, reason: "Not understood: 0." });
  expect(lines, "it was forgotten").toHaveLength(1);
  count({ status: 400, reason: "Not understood: 0." });
  expect(lines).toHaveLength(1);
});
