import { it } from "vitest";
import { branchName, titleOf } from "./title.ts";

it.for<[string, string | undefined]>([
  ["https://github.com/acme/shop The total is wrong. It ignores the code.", "The total is wrong"],
  ["HTTP-500 on checkout since UTF-8 names. Sometimes.", "HTTP-500 on checkout since UTF-8 names"],
  ["BUG-12. The total is wrong", "The total is wrong"],
  ["crash on save\nstack follows", "crash on save"],
  ["https://github.com/acme/shop", undefined],
  ["BUG-12 !!", undefined],
  ["", undefined],
  ["Überweisung fehlt", "Überweisung fehlt"],
  ["word ".repeat(40), `${"word ".repeat(15)}word…`],
])("makes a title of %j", ([report, title], { expect }) => {
  expect(titleOf(report)).toBe(title);
});

it.for([
  ["BUG-12", "The total is wrong!", "bugbot/bug-12-the-total-is-wrong"],
  ["BUG-12", "合計が違う", "bugbot/bug-12"],
  ["1a2b3c4d", "..//--", "bugbot/1a2b3c4d"],
])("makes a branch of %s %j", ([key = "", title = "", branch], { expect }) => {
  expect(branchName(key, title)).toBe(branch);
});
