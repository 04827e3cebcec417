import assert from "node:assert/strict";
import { test } from "node:test";
import { contrast, readTheme } from "./read-theme.js";

const readable = 4.5;

for (const theme of ["light", "dark"]) {
  test(`text can be read in the ${theme} theme`, () => {
    const { background, text } = readTheme(theme);
    assert.ok(contrast(background, text) >= readable);
  });
}
