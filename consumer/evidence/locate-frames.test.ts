import { describe, it } from "vitest";
import { likelyPaths, locateFrames } from "./locate-frames.ts";

const paths = [
  "src/cart.ts",
  "src/server/cart.ts",
  "packages/web/src/app/page.tsx",
  "main.py",
  "lib/index.js",
  "test/index.js",
];
const locate = (file: string) => locateFrames([{ file, line: 1 }], paths).map(({ path }) => path);

describe("a frame's file", () => {
  it.for([
    ["src/cart.ts", "src/cart.ts"],
    ["/app/src/cart.ts", "src/cart.ts"],
    ["webpack://shop/./src/cart.ts?1a2b", "src/cart.ts"],
    ["webpack-internal:///(app-pages-browser)/./src/cart.ts", "src/cart.ts"],
    ["file:///home/u/shop/src/server/cart.ts", "src/server/cart.ts"],
    ["https://shop.acme.com/src/cart.ts#x", "src/cart.ts"],
    ["C:\\work\\shop\\src\\cart.ts", "src/cart.ts"],
    ["../../src/cart.ts", "src/cart.ts"],
    ["src/app/page.tsx", "packages/web/src/app/page.tsx"],
    ["/srv/main.py", "main.py"],
  ] as const)("%s is %s", ([file, path], { expect }) => {
    expect(locate(file)).toEqual([path]);
  });

  it.for([
    ["cart.ts", "one of several"],
    ["/usr/index.js", "one of several"],
    ["src/other.ts", "not there"],
    ["/app/node_modules/shop/src/cart.ts", "somebody else's"],
    ["node:internal/modules/src/cart.ts", "the runtime's"],
    ["<anonymous>", "no file"],
    ["", "no file"],
    ["art.ts", "not there"],
  ] as const)("%s is left out: %s", ([file], { expect }) => {
    expect(locate(file)).toEqual([]);
  });

  it("is looked for from its source folder on, where the tree cannot tell", ({ expect }) => {
    expect(likelyPaths({ file: "/srv/shop/src/cart.ts", line: 1 }).slice(0, 2)).toEqual([
      "src/cart.ts",
      "srv/shop/src/cart.ts",
    ]);
    expect(likelyPaths({ file: "node:fs", line: 1 })).toEqual([]);
  });
});
