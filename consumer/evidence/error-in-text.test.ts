import { it } from "vitest";
import { errorInText } from "./error-in-text.ts";

it.for([
  [
    "TypeError: Cannot read properties of undefined (reading 'total')",
    "TypeError",
    "Cannot read properties of undefined (reading 'total')",
  ],
  ["it says Uncaught (in promise) Error: no such cart\nand more", "Error", "no such cart"],
  ["`app.errors.PaymentError: declined by bank`", "PaymentError", "declined by bank"],
  ["PaymentException(402): declined by bank", "PaymentException", "declined by bank"],
  ['RangeError: code "WELCOME10" is too generous', "RangeError", "is too generous"],
  ["ValueError: invalid literal for int() with base 10: ‘x’", "ValueError", "invalid literal for int() with base 10:"],
] as const)("finds the error in %s", ([text, type, message], { expect }) => {
  expect(errorInText(text)).toEqual({ in: "message", type, message });
});

it("falls back to where the stack points", ({ expect }) => {
  expect(errorInText("broken\n  at total (/app/web/src/cart.ts:12:3)")).toEqual({ in: "source", file: "src/cart.ts" });
  expect(errorInText("Error: x\n  at total (src/cart.ts:12:3)")).toEqual({ in: "source", file: "src/cart.ts" });
});

it.for(["The button is ugly", "Error: no", "no Error here", "errors: many of them", 'TypeError: "a" "b" "c"', ""])(
  "finds none in %s",
  (text, { expect }) => {
    expect(errorInText(text)).toBeUndefined();
  },
);

it("ends soon on long text", ({ expect }) => {
  for (const piece of ["a.", "Error", "Error: ", "Exception(", "aError.", ":", " at a ("]) {
    expect(() => errorInText(piece.repeat(40_000 / piece.length))).not.toThrow();
  }
});
