import { afterEach, beforeEach, describe, it } from "vitest";
import { createGitHubCode } from "../consumer/clients/github-code.ts";
import { personalAccess } from "../consumer/clients/github-access.ts";
import { createAppAccess } from "../consumer/clients/github-app.ts";
import { connectGitHub } from "../consumer/clients/github-connection.ts";
import { type CodeQuestion, filterAllowed, findCode } from "../consumer/evidence/find-code.ts";
import { type TimeLimit, tooLate } from "../consumer/evidence/time-limit.ts";
import { createGitHub, type GitHub } from "../local/github.ts";
import { createAppKey } from "../local/github/app-key.ts";
import { secondaryLimit } from "../local/github/limits.ts";

const token = "ghp_local";
const key = createAppKey();
const filler = Object.fromEntries(Array.from({ length: 30 }, (_, number) => [`a/${number}.ts`, "1\n"]));
const files = {
  "README.md": "Call applyCode to take a discount off.\n",
  "src/cart.ts": 'export function applyCode(code) {\n  if (!code) throw new Error("There is no such code");\n}\n',
  "src/checkout/page.tsx": "export default () => applyCode();\n",
  "src/discounts.ts": "export const percentages = [];\n",
  "src/server/cart.ts": "export const routes = [];\n",
};
let github: GitHub;

beforeEach(async () => {
  github = await createGitHub({ token, app: key });
  await github.seedRepository("acme/shop", { files });
});
afterEach(() => github.close());

const frame = (file: string, line = 2, symbol = "applyCode") => ({ file, line, symbol });
function find(
  over: Partial<CodeQuestion>,
  from = github,
  access = personalAccess(token),
  limit: TimeLimit = { early: new AbortController().signal, late: new AbortController().signal },
) {
  const connection = connectGitHub({ access, apiUrl: from.apiUrl });
  return findCode(
    { repository: "acme/shop", text: "", frames: [], ...over },
    {
      github: createGitHubCode(connection),
      searches: { hits: (_repository, _term, search) => search() },
      webUrl: "https://github.test",
      limit,
    },
  );
}
const asked = (from = github) => from.requests.map(({ method, path }) => `${method} ${path.replace("/api/v3", "")}`);

describe("code that a report points to", () => {
  it("is found by frames, names, words, routes; with what happened to it; in few calls that change nothing", async ({
    expect,
  }) => {
    const head = await github.commit("acme/shop", {
      branch: "main",
      files: { "src/cart.ts": `${files["src/cart.ts"]}// later\n` },
      message: "Refuse empty codes\n\nBecause.",
    });
    for (const [branch, path] of Object.entries({ one: "src/cart.ts", two: "README.md", three: "src/discounts.ts" })) {
      await github.commit("acme/shop", { branch, files: { [path]: `${branch}\n` } });
      const body = JSON.stringify({ title: `Change ${branch}`, head: branch, base: "main" });
      await fetch(`${github.apiUrl}/repos/acme/shop/pulls`, {
        method: "POST",
        headers: { authorization: `token ${token}` },
        body,
      });
    }
    github.requests.length = 0;

    const found = await find({
      text: "Error: There is no such code. On https://shop.test/checkout?x=1 after I look at discounts.ts and applyCode()",
      frames: [frame("webpack://shop/./src/cart.ts?ab12"), frame("/app/node_modules/react/index.js")],
    });

    expect(found).toMatchObject({ repository: "acme/shop", commit: head });
    const [cart] = found.suspects;
    expect(cart).toEqual({
      path: "src/cart.ts",
      line: 2,
      url: `https://github.test/acme/shop/blob/${head}/src/cart.ts#L2`,
      reasons: ["frame applyCode, line 2", "contains `applyCode`", "contains `There is no such code`"],
    });
    expect(found.suspects.map(({ path, reasons }) => [path, reasons.join(", ")]).slice(1)).toEqual([
      ["src/discounts.ts", "named in the report, named like `discounts`"],
      ["src/checkout/page.tsx", "serves `/checkout`, contains `applyCode`"],
      ["README.md", "contains `applyCode`"],
    ]);
    expect(found.commits.map(({ subject, author, path }) => [subject, author, path])).toEqual(
      expect.arrayContaining([["Refuse empty codes", "Alice Doe", "src/cart.ts"]]),
    );
    expect(found.commits.every(({ at, url }) => at > 0 && url.includes("/commit/"))).toBe(true);
    expect(found.pullRequests.map(({ title, paths }) => [title, paths])).toEqual([
      ["Change three", ["src/discounts.ts"]],
      ["Change two", ["README.md"]],
      ["Change one", ["src/cart.ts"]],
    ]);

    expect(asked()).toHaveLength(12);
    expect(asked().filter((line) => !line.startsWith("GET "))).toEqual([]);
    expect(asked().filter((line) => line.includes("/search/code"))).toHaveLength(3);
  });

  it("is found by its frame where the tree is cut, in no more calls", async ({ expect }) => {
    const large = await createGitHub({ token, maxTreeEntries: 5 });
    try {
      await large.seedRepository("acme/shop", { files: { ...files, ...filler } });
      const { suspects } = await find(
        { text: "applyCode ERR_NO_CODE lastOne", frames: [frame("/app/src/cart.ts")] },
        large,
      );
      expect(suspects[0]).toMatchObject({ path: "src/cart.ts", line: 2 });
      expect(asked(large).length).toBeLessThanOrEqual(12);
      expect(asked(large).filter((line) => line.startsWith("HEAD "))).toHaveLength(2);
    } finally {
      await large.close();
    }
  });

  it("is found by its frame where nothing is indexed, or the search refuses", async ({ expect }) => {
    github.fault("/search/code", { status: 422, body: { message: "Validation Failed" }, times: 9 });
    const { suspects } = await find({ text: "applyCode fails", frames: [frame("C:\\app\\src\\cart.ts")] });
    expect(suspects.map(({ path }) => path)).toEqual(["src/cart.ts"]);
  });

  it("is nothing in a repository without a commit, or for a report that says nothing", async ({ expect }) => {
    await github.seedRepository("acme/empty", { empty: true });
    const nothing = { suspects: [], commits: [], pullRequests: [] };
    const repository = "acme/empty";
    expect(await find({ repository, text: "applyCode", frames: [frame("src/cart.ts")] })).toEqual({
      repository,
      commit: "",
      ...nothing,
    });
    expect(await find({ text: "it is broken" })).toMatchObject(nothing);
  });

  it("is never that of another repository, whatever the report says", async ({ expect }) => {
    await github.seedRepository("acme/secret", { files: { "src/secret.ts": "topSecret\n" } });
    const text = 'See "topSecret" repo:acme/secret "x" repo:acme/secret `topSecret" repo:acme/secret "` topSecret';
    expect((await find({ text })).suspects).toEqual([]);
    const queries = github.requests.flatMap(({ path }) => new URL(path, github.url).searchParams.get("q") ?? []);
    expect(queries.length).toBeGreaterThan(0);
    for (const query of queries) expect(query).toMatch(/^"[^"]*" repo:acme\/shop$/);
  });

  it("is only what a fix may change, where that is asked", async ({ expect }) => {
    const { suspects } = await find({ text: "applyCode() in README.md" });
    const all = suspects.map(({ path }) => path);
    expect(all).toEqual(expect.arrayContaining(["README.md", "src/cart.ts"]));
    expect(filterAllowed(suspects, ["src/**"]).map(({ path }) => path)).toEqual(
      all.filter((one) => one !== "README.md"),
    );
    const allowed = await find({ text: "applyCode() in README.md", allowedPaths: ["src/**"] });
    expect(allowed.suspects.map(({ path }) => path)).toEqual(all.filter((one) => one !== "README.md"));
  });
});

describe("when GitHub does not let bugbot look", () => {
  it.for([
    ["asks to slow down", secondaryLimit(403, 30), 30_000],
    ["asks to slow down without a time", secondaryLimit(429), 60_000],
    [
      "has a limit that resets",
      { status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1" } },
      1000,
    ],
  ] as const)("because it %s, the wait is handed on", async ([, fault, retryAfterMs], { expect }) => {
    github.fault("/search/code", { ...fault });
    await expect(find({ text: "applyCode" })).rejects.toMatchObject({
      code: "github_rate_limited",
      retry: true,
      retryAfterMs,
    });
    expect(asked().filter((line) => line.includes("/search/code"))).toHaveLength(1);
    // Where something else points somewhere, that is not withheld.
    github.fault("/search/code", { ...fault });
    const { suspects } = await find({ text: "applyCode", frames: [frame("src/cart.ts")] });
    expect(suspects).toMatchObject([{ path: "src/cart.ts", reasons: ["frame applyCode, line 2"] }]);
  });

  it("at anything else, what is found is kept, and with it how long to wait for the rest", async ({ expect }) => {
    github.fault("/commits?sha=", secondaryLimit(429, 5));
    const { suspects, commits, gaps } = await find({ frames: [frame("src/cart.ts")] });
    expect(suspects).toMatchObject([{ path: "src/cart.ts", line: 2 }]);
    expect(commits).toEqual([]);
    expect(gaps).toEqual([{ what: "the newest commits", why: "asked to wait 5 s", retryAfterMs: 5000 }]);
  });

  it.for([
    ["/git/trees/", "the list of its files"],
    ["/search/code", "what was searched for"],
    ["/commits?sha=", "the newest commits"],
    ["/pulls?", "open pull requests"],
    ["/files?", "open pull requests"],
  ] as const)(
    "because %s is down or does not answer, it is named, and the rest is shown",
    async ([path, what], { expect }) => {
      await github.commit("acme/shop", { branch: "one", files: { "src/cart.ts": "one\n" } });
      const body = JSON.stringify({ title: "Change one", head: "one", base: "main" });
      const headers = { authorization: `token ${token}` };
      await fetch(`${github.apiUrl}/repos/acme/shop/pulls`, { method: "POST", headers, body });
      const question = { text: "applyCode fails", frames: [frame("src/cart.ts")] };
      const whole = await find(question);
      const rest = {
        paths: whole.suspects
          .map(({ path: one }) => one)
          .filter((one) => what !== "what was searched for" || one === "src/cart.ts"),
        commits: what === "the newest commits" ? 0 : whole.commits.length,
        pullRequests: what === "open pull requests" ? 0 : whole.pullRequests.length,
      };
      expect(whole).toMatchObject({ pullRequests: [{ title: "Change one" }], commits: [{}] });

      github.fault(path, { status: 500, times: 9 });
      const down = await find(question);
      expect(down.gaps).toEqual([{ what, why: "GitHub has trouble (HTTP 500)" }]);
      github.mend();
      github.requests.length = 0;
      github.fault(path, { hang: true, times: 9 });
      const [early, late] = [new AbortController(), new AbortController()];
      const finding = find(question, github, personalAccess(token), { early: early.signal, late: late.signal });
      const open = () => github.requests.filter(({ answeredAt }) => answeredAt === undefined).map((one) => one.path);
      // Between an answer and what is asked next there is a moment, too.
      const isQuiet = () => github.requests.every(({ at, answeredAt = at }) => Date.now() - answeredAt > 300);
      const onlyItIsOpen = () => open().length > 0 && open().every((one) => one.includes(path)) && isQuiet();
      const isAsked = (part: string) => github.requests.some((one) => one.path.includes(part));
      await expect.poll(onlyItIsOpen).toBe(true);
      early.abort(tooLate(1000));
      await expect.poll(() => isAsked("/commits?sha=") && onlyItIsOpen()).toBe(true);
      late.abort(tooLate(1000));
      const hung = await finding;
      expect(hung.gaps).toEqual([{ what, why: "no answer within 1 s" }]);

      for (const { suspects, commits, pullRequests } of [down, hung]) {
        expect(suspects.map(({ path: one }) => one)).toEqual(rest.paths);
        expect([commits.length, pullRequests.length]).toEqual([rest.commits, rest.pullRequests]);
      }
    },
  );

  it("the answer names the variable", async ({ expect }) => {
    await expect(find({ text: "applyCode" }, github, personalAccess("ghp_old"))).rejects.toMatchObject({
      reply: expect.stringContaining("check that GITHUB_TOKEN is right"),
      retry: false,
    });
  });

  it("the answer names the permission and the repository", async ({ expect }) => {
    github.fault("/pulls", { status: 403, body: { message: "Resource not accessible by personal access token" } });
    const { suspects, gaps } = await find({ text: "applyCode" });
    expect(suspects[0]?.path).toBe("src/cart.ts");
    const why = expect.stringMatching(/give GITHUB_TOKEN .*`pull requests` \(read\) on acme\/shop/);
    expect(gaps).toEqual([{ what: "open pull requests", why }]);
  });

  it("an App's token for reading is enough", async ({ expect }) => {
    const known = { installations: new Map(), tokens: new Map() };
    const app = createAppAccess({ appId: key.id, privateKey: key.privateKey, apiUrl: github.apiUrl, known });
    const access = { ...personalAccess(""), ...app };
    const { suspects } = await find({ text: "applyCode" }, github, access);
    expect(suspects[0]?.path).toBe("src/cart.ts");
    expect(new Set(github.app?.minted.map(({ permissions }) => permissions.contents))).toEqual(new Set(["read"]));
  });

  it("an answer without end is not read to its end", async ({ expect }) => {
    const body = "x".repeat(11 * 1024 * 1024);
    github.fault("/git/trees/", { status: 200, body });
    const { suspects } = await find({ frames: [frame("/app/src/cart.ts")] });
    expect(suspects[0]).toMatchObject({ path: "src/cart.ts", line: 2 });
    github.fault("/commits?sha=", { status: 200, body });
    expect(await find({ frames: [frame("/app/src/cart.ts")] })).toMatchObject({
      suspects: [{ path: "src/cart.ts" }],
      gaps: [{ what: "the newest commits", why: "GitHub's answer is too large to read" }],
    });
  });
});
