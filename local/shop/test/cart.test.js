import assert from "node:assert/strict";
import { test } from "node:test";
import { addToCart, applyCode, createCart, totals } from "../src/cart.js";

test("an empty cart costs nothing", () => {
  assert.deepEqual(totals(createCart()), { goods: 0, discount: 0, shipping: 0, total: 0 });
});

test("the quantity counts", () => {
  const cart = addToCart(createCart(), "poster", 3);
  assert.equal(totals(cart).goods, 2985);
});

test("the same product twice is one line", () => {
  const cart = addToCart(addToCart(createCart(), "mug"), "mug", 2);
  assert.deepEqual(cart.lines, [{ id: "mug", price: 1250, quantity: 3 }]);
});

test("shipping is free from 50.00", () => {
  assert.equal(totals(addToCart(createCart(), "mug")).shipping, 490);
  assert.equal(totals(addToCart(createCart(), "shirt", 3)).shipping, 0);
});

test("a code takes its percentage off the goods", () => {
  const cart = applyCode(addToCart(createCart(), "shirt", 2), "welcome10");
  assert.equal(totals(cart).discount, 480);
});

test("two different codes add up", () => {
  const cart = applyCode(applyCode(addToCart(createCart(), "shirt", 2), "WELCOME10"), "SUMMER25");
  assert.equal(totals(cart).discount, 1680);
});

test("a code that is entered twice counts once", () => {
  const cart = applyCode(applyCode(addToCart(createCart(), "shirt", 2), "WELCOME10"), " welcome10 ");
  assert.equal(totals(cart).discount, 480);
});

test("an unknown code is refused", () => {
  assert.throws(() => applyCode(createCart(), "FREE"), /not valid/);
});
