import { describe, it } from "vitest";
import { type Clues, rankSuspects } from "./rank-suspects.ts";

const paths = [
  "src/cart.ts",
  "src/cart.test.ts",
  "src/discounts.ts",
  "app/checkout/[id]/payment/page.tsx",
  "app/checkout/page.tsx",
  "dist/cart.js",
  "package-lock.json",
  ...["a", "b", "c", "d", "e"].map((folder) => `src/${folder}/index.ts`),
];
const rank = (clues: Partial<Clues>) =>
  rankSuspects({ frames: [], paths, files: [], routes: [], searches: [], terms: [], ...clues });
const search = (text: string, ...found: string[]) => ({
  term: { text, rarity: 1 },
  hits: found.map((path) => ({ path, fragments: [] })),
});

describe("suspects", () => {
  it("come by what points to them: a frame, then a name, then words, each with its reason once", ({ expect }) => {
    const ranked = rank({
      frames: [
        { file: "src/cart.ts", path: "src/cart.ts", line: 12, symbol: "total" },
        { file: "src/cart.ts", path: "src/cart.ts", line: 40 },
      ],
      files: ["discounts.ts"],
      routes: ["/checkout"],
      searches: [search("applyCode", "src/cart.ts", "app/checkout/page.tsx")],
    });
    expect(ranked).toEqual([
      { path: "src/cart.ts", line: 12, reasons: ["frame total, line 12", "frame line 40", "contains `applyCode`"] },
      { path: "src/discounts.ts", line: undefined, reasons: ["named in the report"] },
      { path: "app/checkout/page.tsx", line: undefined, reasons: ["serves `/checkout`", "contains `applyCode`"] },
    ]);
  });

  it("weigh more the fewer places hold a term", ({ expect }) => {
    const many = ["src/a/index.ts", "src/b/index.ts", "src/c/index.ts", "src/d/index.ts"];
    const ranked = rank({ searches: [search("common", ...many), search("rare", "src/discounts.ts")] });
    expect(ranked[0]?.path).toBe("src/discounts.ts");
  });

  it("are tests last, and never what a machine wrote", ({ expect }) => {
    const found = search("applyCode", "src/cart.test.ts", "dist/cart.js", "package-lock.json", "src/cart.ts");
    expect(rank({ searches: [found] }).map(({ path }) => path)).toEqual(["src/cart.ts", "src/cart.test.ts"]);
  });

  it("are known by their names, unless many have them", ({ expect }) => {
    const terms = [{ text: "discount", rarity: 1 }];
    expect(rank({ terms, routes: ["/checkout/payment"] }).map(({ path }) => path)).toEqual([
      "app/checkout/[id]/payment/page.tsx",
      "src/discounts.ts",
    ]);
    expect(rank({ files: ["index.ts"] })).toEqual([]);
  });

  it("say a stranger's function without its markup", ({ expect }) => {
    const symbol = "[x](https://evil.example) `a`";
    const [only] = rank({ frames: [{ file: "", path: "src/cart.ts", line: 1, symbol }] });
    expect(only?.reasons).toEqual(["frame xhttpsevil.examplea, line 1"]);
  });
});
