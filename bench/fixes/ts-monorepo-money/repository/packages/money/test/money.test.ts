import assert from "node:assert/strict";
import { test } from "node:test";
import { add, format, split } from "../src/index.ts";

const eur = (amount: number) => ({ amount, currency: "EUR" });

test("adds what is of one currency", () => {
  assert.deepEqual(add(eur(250), eur(199)), eur(449));
  assert.throws(() => add(eur(1), { amount: 1, currency: "USD" }), RangeError);
});

test("splits into equal shares", () => {
  assert.deepEqual(split(eur(900), 3), [eur(300), eur(300), eur(300)]);
});

test("is shown as people write it", () => {
  assert.equal(format(eur(1050)), "€10.50");
});
