import * as fc from "fast-check";
import { describe, it } from "vitest";
import { forbiddenPaths } from "./allowed-paths.ts";
import { fuzzed, fuzzTimeoutMs } from "./fuzz.ts";

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

  it.for([
    "CLAUDE.md",
    "src/Agents.md",
    ".cursor/rules/a.mdc",
    ".husky/pre-commit",
    ".devcontainer/devcontainer.json",
    ".devcontainer.json",
    ".circleci/config.yml",
    "Jenkinsfile",
    "ci/Jenkinsfile.deploy",
    ".npmrc",
    "web/.yarnrc.yml",
    ".vscode/tasks.json",
    ".travis.yml",
  ])("refuses %s, which agents or CI obey, unless a pattern names it where it is", (path, { expect }) => {
    const wide = [...anywhere, "**/*", "**/.*", "**/*.{md,yml}", "elsewhere/".concat(path)];
    expect(forbiddenPaths([path], wide)).toEqual([path]);
    expect(forbiddenPaths([path], [path])).toEqual([]);
    expect(forbiddenPaths([path], [...anywhere, path])).toEqual([]);
    expect(forbiddenPaths([path], [path, `!${path}`])).toEqual([path]);
  });

  it("opens a folder that agents or CI obey with all that is in it, where a pattern names the folder", ({ expect }) => {
    const paths = [".circleci/config.yml", ".circleci/.npmrc"];
    expect(forbiddenPaths(paths, [".circleci"])).toEqual([".circleci/.npmrc"]);
  });

  it("lets the last pattern that matches decide, and closes everything where none opens it", ({ expect }) => {
    const paths = ["package.json", "src/a.js", "src/secret/a.js", "src/secret/ok.ts"];
    expect(forbiddenPaths(paths, ["src/**", "!src/secret/**"])).toEqual([
      "package.json",
      "src/secret/a.js",
      "src/secret/ok.ts",
    ]);
    expect(forbiddenPaths(paths, ["src/**", "!src/secret/**", "src/secret/ok.ts"])).toEqual([
      "package.json",
      "src/secret/a.js",
    ]);
    expect(forbiddenPaths(paths, ["!src/secret/**", "src"])).toEqual(["package.json"]);
    expect(forbiddenPaths(paths, ["!src/secret/**"])).toEqual(paths);
  });

  it.for([
    ["!secret", ["src/secret/a.js", "src/deep/secret/b.js", "src/Secret/c.js", "secret", "docs/secret"], ["src/a.js"]],
    ["!/secret", ["secret/a.js"], ["src/secret/a.js"]],
    ["!*.test.ts", ["src/a.test.ts", "src/deep/a.test.ts"], ["src/a.ts"]],
    ["!src/gen*", ["src/generated/deep/a.js", "src/gen.js"], ["src/a/gen.js"]],
    ["!./src/x/", ["src/x/a.js"], ["src/xy.js"]],
    ["!yarn.lock", [], ["src/a.js"]],
    ["!src/[a-zA-Z]/**", ["src/b/x", "src/[a-zA-Z]/x"], ["src/bb/x"]],
    ["!src/[a-z0-9]", ["src/7/x", "src/[a-z0-9]/x"], ["src/_/x"]],
    ["!src/[ab]/**", ["src/b/x", "src/[ab]/x"], ["src/c/x"]],
    ["!app/[my-slug]/**", ["app/[my-slug]/x"], ["app/m/x"]],
    ["!app/[id]-v[0-9]/**", ["app/[id]-v1/x", "app/i-v1/x", "app/[id]-v[0-9]/x"], ["app/x-v1/x"]],
    ["!{secret}", ["secret/x", "{secret}/x"], ["src/x"]],
    ["!v{01..03}", ["v02/x"], ["v2/x", "v04/x"]],
  ] as const)("excludes with %s as .gitignore does, in either case", ([pattern, closed, open], { expect }) => {
    expect(forbiddenPaths([...closed, ...open], ["**", pattern])).toEqual(closed);
  });

  it.for([
    ["src", ["src/a.js", "src/deep/b.js"], ["src.js", "lib/src/a.js", "srcs/a.js"]],
    ["src/", ["src/a.js", "src/deep/b.js"], ["lib/src/a.js"]],
    ["/src/**", ["src/a.js"], ["lib/src/a.js"]],
    ["./src/**", ["src/a.js"], ["lib/src/a.js"]],
    ["packages/*/src", ["packages/a/src/b.js"], ["packages/a/b.js"]],
    ["src/*", ["src/a.js"], ["src/deep/a.js"]],
    ["package.json", ["package.json"], ["web/package.json"]],
    ["app/(shop)/**", ["app/(shop)/cart/page.tsx"], ["app/shop/page.tsx"]],
    ["app/(shop)", ["app/(shop)/page.tsx"], ["app/shop/page.tsx"]],
    ["app/[...slug]/**", ["app/[...slug]/page.tsx"], ["app/s/page.tsx"]],
    ["app/[[...slug]]/**", ["app/[[...slug]]/page.tsx"], ["app/s/page.tsx"]],
    ["app/[id]/page.tsx", ["app/[id]/page.tsx"], ["app/i/page.tsx"]],
    ["app/@modal/(..)(..)photo/[id]", ["app/@modal/(..)(..)photo/[id]/page.tsx"], ["app/@modal/photo/[id]/page.tsx"]],
    ["pages/[...slug].tsx", ["pages/[...slug].tsx"], ["pages/s.tsx"]],
    ["pages/[id].tsx", ["pages/[id].tsx"], ["pages/x.tsx"]],
    ["[ab].ts", ["a.ts", "b.ts"], ["c.ts", "ab.ts"]],
    ["v[0-9]/[!a].ts", ["v1/b.ts"], ["v1/a.ts", "va/b.ts"]],
    ["src/[a-zA-Z]/**", ["src/b/x", "src/Z/x"], ["src/bb/x", "src/[a-zA-Z]/x"]],
    ["app/[blog-post]/**", ["app/[blog-post]/x"], ["app/b/x"]],
    ["pages/users-[group]", ["pages/users-[group]/a.ts", "pages/users-g"], ["pages/users-g/a.ts", "pages/users-x"]],
    ["src/pages/[lang]-[version]", ["src/pages/[lang]-[version]/a.ts"], ["src/pages/l-v/a.ts"]],
    ["src/**/*.{ts,tsx}", ["src/a.ts", "src/deep/a.tsx"], ["src/a.js"]],
    ["{app,lib}/{a,{b,c}}", ["app/a", "lib/c/x"], ["app/d"]],
    ["v{1..3}/**", ["v2/a"], ["v4/a"]],
    ["v{08..10}/**", ["v08/a", "v09/a", "v10/a"], ["v8/a"]],
    ["{{cookiecutter.name}}/**", ["{{cookiecutter.name}}/a"], ["cookiecutter.name/a"]],
    ["/home/**", ["home/index.ts"], ["src/a.ts"]],
    ["src/@(a|b)/**", ["src/a/x"], ["src/c/x"]],
    ["src/(a|b)/**", ["src/a/x"], ["src/c/x"]],
    ["src/!(a)/**", ["src/b/x"], ["src/a/x"]],
    ["src/+(a|b).ts", ["src/ab.ts"], ["src/c.ts"]],
    ["a b/$x+{y}.ts", ["a b/$x+{y}.ts"], ["a b/xy.ts"]],
  ] as const)("reads %s as people mean it", ([pattern, open, closed], { expect }) => {
    expect(forbiddenPaths([...open, ...closed], [pattern])).toEqual(closed);
  });

  it(
    "lets an excluding pattern only take away, and an allowing one only add",
    { timeout: fuzzTimeoutMs },
    ({ expect }) => {
      const name = fc.constantFrom(
        "src",
        "a.ts",
        "(x)",
        "[id]",
        "[...y]",
        "*",
        "**",
        "{a,b}",
        "[ab].ts",
        "*.ts",
        "?(a)b",
        "!(a)",
      );
      const pattern = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join("/")}`);
      const list = fc.array(
        fc.oneof(
          pattern,
          pattern.map((one) => `!${one}`),
        ),
        { maxLength: 4 },
      );
      const path = fc.array(fc.constantFrom("src", "a.ts", "a", "b", "(x)", "[id]", "[...y]", "[ab].ts"), {
        minLength: 1,
        maxLength: 4,
      });
      const property = fc.property(
        list,
        pattern,
        fc.array(path.map((names) => names.join("/"))),
        (before, one, paths) => {
          const closed = (allowed: string[]) => new Set(forbiddenPaths(paths, allowed));
          const [first, alone] = [closed(before), closed([one])];
          const [with_, without] = [closed([...before, one]), closed([...before, `!${one}`])];
          for (const each of paths) {
            expect(with_.has(each)).toBe(first.has(each) && alone.has(each));
            if (first.has(each) || !alone.has(each)) expect(without.has(each)).toBe(true);
          }
        },
      );
      fc.assert(property, fuzzed(300));
    },
  );

  it.for(["src", "(shop)", "[id]", "[...slug]", "[[...slug]]", "a (b) {c}", "$x", "@y", "+page", "é"])(
    "allows a folder called %s by its name",
    (folder, { expect }) => {
      expect(forbiddenPaths([`${folder}/x.ts`, `z/${folder}/x.ts`], [folder])).toEqual([`z/${folder}/x.ts`]);
    },
  );
});
