import { describe, it } from "vitest";
import { forbiddenPaths } from "./allowed-paths.ts";

const anywhere = ["**"];

describe("forbiddenPaths", () => {
  it("lets through what a glob matches, dot files and odd names included", ({ expect }) => {
    expect(forbiddenPaths(["src/cart.js", "src/.env.example", 'src/a "b"/é ü.js'], ["src/**"])).toEqual([]);
  });

  it("names what no glob matches", ({ expect }) => {
    expect(forbiddenPaths(["src/a.js", "README.md", "lib/src/a.js"], ["src/**"])).toEqual([
      "README.md",
      "lib/src/a.js",
    ]);
  });

  it("allows nothing when nothing is listed", ({ expect }) => {
    expect(forbiddenPaths(["src/a.js"], [])).toEqual(["src/a.js"]);
  });

  it.for([
    ".github/workflows/ci.yml",
    ".GitHub/workflows/ci.yml",
    "packages/a/.github/x",
    ".claude/settings.json",
    "src/.Claude/settings.json",
    ".mcp.json",
    "CODEOWNERS",
    "docs/codeowners",
    ".gitattributes",
    "src/.gitignore",
    ".gitmodules",
    "src/.git/config",
    "src/.GIT/hooks/pre-push",
  ])("never lets through %s", (path, { expect }) => {
    expect(forbiddenPaths([path], [...anywhere, path])).toEqual([path]);
  });

  it("refuses a lock file unless a glob names it", ({ expect }) => {
    const paths = ["package-lock.json", "web/Yarn.lock", "src/Cargo.lock"];
    expect(forbiddenPaths(paths, anywhere)).toEqual(paths);
    expect(forbiddenPaths(paths, [...anywhere, "package-lock.json"])).toEqual(["web/Yarn.lock", "src/Cargo.lock"]);
    expect(forbiddenPaths(["web/yarn.lock"], ["**/yarn.lock"])).toEqual([]);
  });
});
