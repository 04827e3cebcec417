import assert from "node:assert/strict";
import { test } from "node:test";
import { canSubmit, emptyForm, reduceSignup } from "../src/signup.js";

function play(...actions) {
  return actions.reduce(reduceSignup, emptyForm);
}

test("keeps what is typed", () => {
  const form = play({ type: "changed", field: "email", value: "ada@example.com" });
  assert.deepEqual(form.values, { email: "ada@example.com", password: "" });
});

test("names what is wrong when it is submitted", () => {
  const form = play({ type: "changed", field: "email", value: "ada@" }, { type: "submitted" });
  assert.deepEqual(Object.keys(form.errors), ["email", "password"]);
  assert.equal(canSubmit(form), false);
});
