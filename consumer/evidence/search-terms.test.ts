import * as fc from "fast-check";
import { describe, it } from "vitest";
import { namedFiles, namedRoutes } from "./named-places.ts";
import { maxTermLength, searchTerms } from "./search-terms.ts";

const termsOf = (text: string) => searchTerms(text, []).map((term) => term.text);

describe("what a report is searched for", () => {
  it("are names and messages of the code before words of people", ({ expect }) => {
    const report = `Error: There is no product "mug". Pressing "Apply" twice calls applyCode() and takes the discount off twice.`;
    expect(termsOf(report)).toEqual(["There is no product", "applyCode", "discount", "product"]);
  });

  it("are the functions of the frames first", ({ expect }) => {
    const frames = [{ file: "src/cart.ts", line: 3, symbol: "Object.percentageOf" }];
    expect(searchTerms("ERR_CART_LOCKED in normalizeCode", frames).map(({ text }) => text)).toEqual([
      "percentageOf",
      "ERR_CART_LOCKED",
      "normalizeCode",
    ]);
  });

  it("are routes and constants before words", ({ expect }) => {
    expect(termsOf("POST https://shop.acme.com/cart/codes?x=1 with SUMMER25 forgets vouchers")).toEqual([
      "/cart/codes",
      "SUMMER25",
      "vouchers",
      "forgets",
    ]);
  });

  it.for([
    [
      "a runtime's own message",
      "TypeError: Cannot read properties of undefined (reading 'percentage')",
      ["percentage"],
    ],
    [
      "what is put into a message",
      "Error: Order 4711 could not be shipped to Berlin",
      ["could not be shipped to Berlin"],
    ],
    ["people, tickets and addresses", "<@U0ALICE> alice@acme.com BUG-12 https://github.com/acme/checkoutPage", []],
    ["apostrophes", "it doesn't work and won't load the invoices", ["invoices"]],
    ["nothing to go by", "it is broken, please fix it!", []],
  ] as const)("leave out %s", ([, text, terms], { expect }) => {
    expect(termsOf(text).slice(0, 1)).toEqual(terms);
  });

  it("fit into a search whatever strangers write, and are the same each time", ({ expect }) => {
    const pieces = [
      "Error: ",
      '"',
      "'",
      "`",
      "\\",
      "/",
      "repo:evil/x",
      "a.",
      "_",
      "aA",
      "$",
      "(",
      "\u202E",
      "\n",
      "😀",
      "a".repeat(90),
    ];
    const text = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: "binary" })), { maxLength: 60 });
    fc.assert(
      fc.property(
        fc.oneof(
          text.map((parts) => parts.join("")),
          fc.string({ unit: "grapheme" }),
        ),
        (hostile) => {
          const terms = searchTerms(hostile, [{ file: hostile, line: 1, symbol: hostile }]);
          expect(terms.length).toBeLessThanOrEqual(12);
          expect(terms.map(({ rarity }) => rarity)).toEqual(
            terms.map(({ rarity }) => rarity).toSorted((a, b) => b - a),
          );
          for (const term of terms) {
            expect(term.text).not.toMatch(/["`\\\n\r\u202E]|^\s|\s$/);
            expect(term.text.length).toBeLessThanOrEqual(maxTermLength);
            expect(term.text.isWellFormed()).toBe(true);
          }
          expect(searchTerms(hostile, [{ file: hostile, line: 1, symbol: hostile }])).toEqual(terms);
        },
      ),
    );
  });

  // Each would take hours with a pattern that tries every way to read it.
  it.for([
    "a",
    "aA",
    "_",
    "A1_",
    "/a",
    "a/",
    "a.",
    "'",
    '"a',
    "Error: ",
    "E".repeat(40),
    "https://",
    "x@",
    "{",
    "-1",
    "a b ",
    "<@",
    "\\",
    "[",
    "9",
    "Cannot read ",
  ])("come to an end on %j, over and over", (piece, { expect }) => {
    const hostile = piece.repeat(Math.ceil(200_000 / piece.length));
    const read = [searchTerms(`${hostile}!`, []), namedFiles(`${hostile}!`), namedRoutes(`${hostile}!`)];
    expect(read.every((found) => found.length <= 20)).toBe(true);
  });
});

describe("places a report names", () => {
  it("are files, with or without their folder", ({ expect }) => {
    const text =
      "In `src/cart.js` (see app/[id]/page.tsx), also Cart.vue: e.g. node.js and https://a.b/c.js, v1.2 or a.b";
    expect(namedFiles(text)).toEqual(["src/cart.js", "app/[id]/page.tsx", "Cart.vue", "node.js"]);
  });

  it("are routes of the application", ({ expect }) => {
    const text =
      "On https://shop.acme.com/checkout/4711/payment?x=1#a and /account/settings. Not https://github.com/acme/shop, 5/6, /src/a.js or and/or";
    expect(namedRoutes(text)).toEqual(["/checkout/payment", "/account/settings"]);
  });
});
