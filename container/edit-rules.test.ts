import { execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, it } from "vitest";
import { forbiddenPaths } from "../shared/allowed-paths.ts";
import { fuzzed, fuzzTimeoutMs } from "../shared/fuzz.ts";
import { editRules } from "./edit-rules.ts";
import { createWorld, type World } from "./test-world.ts";

const folders = ["src", "secret", "(shop)", "[id]", "[...slug]", "[[...slug]]", "@modal", "a b", "{x}"];
const files = [
  "a.ts",
  "ok.ts",
  "ab.test.ts",
  "[ab].ts",
  "page.tsx",
  "package.json",
  "yarn.lock",
  "CLAUDE.md",
  ".gitignore",
  "a(b,c",
];
const path = fc
  .tuple(fc.array(fc.constantFrom(...folders), { maxLength: 3 }), fc.constantFrom(...files))
  .map(([above, name]) => [...above, name].join("/"));

/** git is started for each input: it takes as long as so many of other properties. */
const weight = 20;
const guarded = new Set(["yarn.lock", "CLAUDE.md"]);

const pattern = fc
  .tuple(
    fc.constantFrom("", "/", "./"),
    fc.array(fc.constantFrom(...folders, "*", "**", "@(src|secret)"), { maxLength: 2 }),
    fc.constantFrom(
      "**",
      "*.ts",
      "*.{ts,tsx}",
      "[ab].ts",
      "src",
      "secret/",
      "(shop)",
      "[id]",
      "a.ts",
      "yarn.lock",
      "CLAUDE.md",
    ),
  )
  .map(([root, above, name]) => root + [...above, name].join("/"));
/** Its last name is a wildcard that means files alone. */
const shallow = fc
  .tuple(
    fc.array(fc.constantFrom(...folders.filter((name) => name !== "{x}"), "*", "@(src|secret)"), { maxLength: 2 }),
    fc.constantFrom("*", "s*", "[a-z]*", "[group]*", "*.ts", "{src,secret}*", "[id]-[x]", "?rc", "[id]"),
  )
  .map(([above, name]) => [...above, name].join("/"));
const allowed = fc.array(pattern, { minLength: 1, maxLength: 3 });
const mixed = fc.array(fc.oneof(pattern, shallow), { minLength: 1, maxLength: 3 });
const excluded = fc.array(
  pattern.filter((one) => one !== "**").map((one) => `!${one}`),
  { maxLength: 3 },
);

describe("the agent's own rules", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bugbot-rules-"));
    execFileSync("git", ["init", "--quiet", folder]);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Which of the paths the rules match, as `.gitignore` patterns. */
  async function matched(rules: string[], paths: string[]): Promise<Set<string>> {
    const list = join(folder, "patterns");
    // Claude Code takes `/**` off the end.
    const lines = rules.map((rule) => rule.slice("Edit(".length, -1).replace(/(?<=.)\/\*\*$/, ""));
    await writeFile(list, lines.join("\n"));
    const settings = ["-c", `core.excludesFile=${list}`, "-c", "core.ignoreCase=true"];
    const { status, stdout } = spawnSync("git", [...settings, "check-ignore", "--no-index", "--stdin", "-z"], {
      cwd: folder,
      input: paths.join("\0"),
    });
    // 1: none of them.
    if (status !== 0 && status !== 1) throw new Error(`git ended with ${status}`);
    return new Set(stdout.toString().split("\0"));
  }
  async function writable(list: string[], paths: string[]): Promise<string[]> {
    const { allow, deny } = editRules(list);
    const [yes, no] = [await matched(allow, paths), await matched(deny, paths)];
    return paths.filter((one) => yes.has(one) && !no.has(one));
  }
  const accepted = (list: string[], paths: string[]) => paths.filter((one) => forbiddenPaths([one], list).length === 0);
  const nameIn = (text: string) => text.slice(text.lastIndexOf("/") + 1);
  const paths = fc.uniqueArray(path, { minLength: 20, maxLength: 40 });

  it(
    "let it write what the judge accepts and nothing else, where exclusions come last",
    { timeout: fuzzTimeoutMs },
    async ({ expect }) => {
      const property = fc.asyncProperty(allowed, excluded, paths, async (first, last, some) => {
        const list = [...first, ...last];
        // What is named in one folder cannot be denied in all others.
        const named = new Set(list.map(nameIn).filter((name) => guarded.has(name)));
        const sayable = some.filter((one) => !named.has(nameIn(one)));
        expect(await writable(list, sayable)).toEqual(accepted(list, sayable));
      });
      await fc.assert(property, fuzzed(100, weight));
    },
  );

  it("let it write nothing below what means files alone", { timeout: fuzzTimeoutMs }, async ({ expect }) => {
    const property = fc.asyncProperty(shallow, excluded, paths, async (first, last, some) => {
      expect(await writable([first, ...last], some)).toEqual(accepted([first, ...last], some));
    });
    await fc.assert(property, fuzzed(50, weight));
  });

  it(
    "keep it from nothing that the judge accepts, in whatever order patterns come",
    { timeout: fuzzTimeoutMs },
    async ({ expect }) => {
      const property = fc.asyncProperty(mixed, excluded, mixed, paths, async (first, middle, last, some) => {
        const list = [...first, ...middle, ...last];
        const may = await writable(list, some);
        expect(accepted(list, some).filter((one) => !may.includes(one))).toEqual([]);
      });
      await fc.assert(property, fuzzed(100, weight));
    },
  );

  it.for([
    [["src/**", "!src/secret/**", "src/secret/ok.ts"], []],
    [["src/**", "!**/*.test.ts", "package.json"], ["Edit(/src/**/*.test.ts)"]],
    [["src/**", "!src/!(a)/**"], []],
  ] as const)("of %j deny no more than can be said", ([list, rules], { expect }) => {
    const { deny } = editRules(list);
    expect(deny.filter((rule) => rule.startsWith("Edit(/"))).toEqual(rules);
  });
});

describe("Claude Code, the check before the commit, and the judge", () => {
  let world: World;
  const tried = [
    "src/a.ts",
    "src/.env.example",
    "src/secret/a.ts",
    "src/Secret/b.ts",
    "src/deep/secret.ts",
    "src/a.test.ts",
    "src/CaSe/yarn.lock",
    "src/CLAUDE.md",
    "src/.npmrc",
    "src/x/.github/y",
    "src/.mcp.json",
    "lib/src/a.ts",
    "lib/[a b].ts",
    "lib/a.ts",
    "app/(shop)/page.tsx",
    "app/shop/page.tsx",
    "app/[...slug]/page.tsx",
    "app/[[...all]]/deep/page.tsx",
    "app/[id]/@modal/(..)(..)photo/page.tsx",
    "app/i/page.tsx",
    "docs/a(b) c/x.md",
    "users/deep/a.ts",
    "users/[id]-[group]/a.ts",
    "users/i-g/a.ts",
    "package.json",
  ];
  beforeAll(async () => {
    const script = ({ turn, cwd }: { turn: number; cwd: string }) =>
      turn === 0
        ? tried.map((name) => ({ tool: "Write", input: { file_path: `${cwd}/${name}`, content: "x\n" } }))
        : [{ text: "**Cause:** x\n\n**Change:** y" }];
    world = await createWorld({ script });
  });
  afterAll(() => world?.close());

  it.for([
    [
      ["src", "!src/secret/**", "!*.test.ts"],
      ["src/.env.example", "src/a.ts", "src/deep/secret.ts"],
    ],
    [
      ["./app/(shop)/**", "app/[...slug]", "/app/[[...all]]/", "app/[id]/@modal/(..)(..)photo/**", "lib/[ab].ts"],
      [
        "app/(shop)/page.tsx",
        "app/[...slug]/page.tsx",
        "app/[[...all]]/deep/page.tsx",
        "app/[id]/@modal/(..)(..)photo/page.tsx",
        "lib/a.ts",
      ],
    ],
    [
      ["docs/a(b) c/**", "users/[id]-[group]", "src/*", "package.json"],
      ["docs/a(b) c/x.md", "package.json", "src/.env.example", "src/a.test.ts", "src/a.ts", "users/[id]-[group]/a.ts"],
    ],
  ] as const)("agree on %j", async ([list, written], { expect }) => {
    const id = String(world.anthropic.requests.length);
    const run = { id: `job-${id}`, branch: `bugbot/${id}`, allowedPaths: [...list] };
    const outcome = await world.run(run);
    expect(tried.filter((name) => forbiddenPaths([name], list).length === 0).toSorted()).toEqual(written);
    expect(outcome).toMatchObject({ kind: "pushed", files: written.map((name) => ({ path: name })) });
  });
});
