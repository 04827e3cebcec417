import assert from "node:assert/strict";
import { test } from "node:test";
import { createCart } from "../src/lib/cart.js";

test("tells every subscriber what is in the cart", () => {
  const cart = createCart();
  const badge = [];
  cart.subscribe((lines) => badge.push(lines.length));
  cart.add({ name: "Tea" });
  cart.add({ name: "Cup" });
  assert.deepEqual(badge, [0, 1, 2]);
});

test("tells nothing to one that has left", () => {
  const cart = createCart();
  const badge = [];
  const stop = cart.subscribe((lines) => badge.push(lines.length));
  stop();
  cart.add({ name: "Tea" });
  assert.deepEqual(badge, [0]);
});
