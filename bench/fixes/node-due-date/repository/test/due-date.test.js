import assert from "node:assert/strict";
import { test } from "node:test";
import { dueDate, isLate } from "../src/due-date.js";

test("is due when the term has passed", () => {
  assert.equal(dueDate("2026-01-31", 30), "2026-03-02");
});

test("is late only after the day it is due", () => {
  assert.equal(isLate("2026-06-01", 14, "2026-06-15"), false);
  assert.equal(isLate("2026-06-01", 14, "2026-06-17"), true);
});
