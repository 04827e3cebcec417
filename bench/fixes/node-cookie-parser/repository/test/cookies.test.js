import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCookies, serializeCookie } from "../src/index.js";

test("reads names and values", () => {
  assert.deepEqual(
    [...parseCookies('theme=dark; name="Ada%20L"')],
    [
      ["theme", "dark"],
      ["name", "Ada L"],
    ],
  );
});

test("leaves a value that is not encoded as it is", () => {
  assert.equal(parseCookies("share=100%").get("share"), "100%");
});

test("writes what it reads", () => {
  assert.equal(parseCookies(serializeCookie("q", "a;b=c", { httpOnly: false })).get("q"), "a;b=c");
});
