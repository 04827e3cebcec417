import assert from "node:assert/strict";
import { test } from "node:test";
import { translate } from "./translate.js";

test("fills in names", () => {
  assert.equal(translate("pl", "greeting", { name: "Ola" }), "Cześć, Ola!");
});

test("knows one and many", () => {
  assert.equal(translate("en", "upload.done", { count: 1 }), "1 file is uploaded.");
  assert.equal(translate("en", "upload.done", { count: 5 }), "5 files are uploaded.");
});

test("falls back to English", () => {
  assert.equal(translate("fr", "greeting", { name: "Ola" }), "Hello, Ola!");
});
