import * as fc from "fast-check";
import { describe, it } from "vitest";
import { fuzzed, fuzzTimeoutMs } from "../fuzz.ts";
import { emailAddresses, maskEmails } from "./email.ts";
import { githubLinks, githubRepositories } from "./github.ts";
import { linearIssueIds, linearIssueUrls } from "./linear.ts";
import { postHogSessionIds } from "./posthog.ts";
import { findReferences } from "./reference.ts";
import { stackFrames } from "./stack-frame.ts";

describe("Linear issues", () => {
  it("are found by id and by URL", ({ expect }) => {
    expect(linearIssueIds("see BUG-12, (WEB2-3) and BUG-12")).toEqual(["BUG-12", "WEB2-3"]);
    expect(linearIssueUrls("https://linear.app/acme/issue/BUG-7/the-cart")).toEqual([
      { id: "BUG-7", url: "https://linear.app/acme/issue/BUG-7/the-cart" },
    ]);
  });
  it("are not found inside other words and paths", ({ expect }) => {
    expect(linearIssueIds("xBUG-12 BUG-12x BUG-0 feature/BUG-12 BUG-12-13")).toEqual([]);
  });
});

describe("GitHub repositories", () => {
  it("are named by any URL below them, each once", ({ expect }) => {
    const text =
      "https://github.com/acme/shop.git, https://github.com/Acme/Shop/blob/main/a.js#L3 and https://github.com/acme/web.";
    expect(githubRepositories(text)).toEqual(["acme/shop", "acme/web"]);
  });
  it("are not found on other hosts", ({ expect }) => {
    expect(githubRepositories("https://github.com.evil.com/acme/shop https://gist.github.com/acme/shop")).toEqual([]);
  });
});

it("finds e-mail addresses", ({ expect }) => {
  expect(emailAddresses("ann@acme.com, <bob.b+x@mail.acme.co.uk> a@b")).toEqual([
    "ann@acme.com",
    "bob.b+x@mail.acme.co.uk",
  ]);
});

it.for([
  ["ann@acme.com", "a…@acme.com"],
  ["a@acme.com, ann@acme.com joann@acme.com.", "a…@acme.com, a…@acme.com j…@acme.com."],
  ["bob.b+x@mail.acme.co.uk", "b…@mail.acme.co.uk"],
  ["j\u00f6rg.wei\u00df@m\u00fcller.example", "j…@m\u00fcller.example"],
  ["o'brien@acme.com_2024", "o…@acme.com_2024"],
  [`${"x".repeat(70)}@acme.com`, "x…@acme.com"],
  [
    "https://acme.com/reset?email=ann%2Bx%40acme.com&to=bo@acme.com",
    "https://acme.com/reset?email=a…%40acme.com&to=b…@acme.com",
  ],
  ["<mailto:ann@acme.com|ann@acme.com>", "<mailto:a…@acme.com|a…@acme.com>"],
  ["ann\\_smith@acme.com", "a…@acme.com"],
  ["\u{1F600}x@acme.com", "\u{1F600}…@acme.com"],
  ["an\u200Bn@ac\u200Bme.\u202Ecom", "a…@ac\u200Bme.\u202Ecom"],
  ["a…@acme.com", "a…@acme.com"],
  [
    "lodash@4.17.21 @acme/shop total@https://acme.com/a.js @ann",
    "lodash@4.17.21 @acme/shop total@https://acme.com/a.js @ann",
  ],
] as const)("masks the addresses in %s", ([text, masked], { expect }) => {
  expect(maskEmails(text)).toBe(masked);
});

describe("PostHog sessions", () => {
  const [one, other] = ["0190b6f4-7a3e-7c3d-8d6b-3f1c2b4a5d6e", "0190b6f4-7a3e-7c3d-9d6b-3f1c2b4a5d6f"];
  it.for([
    [`https://us.posthog.com/project/1/replay/${one}?t=3`, [one]],
    [`https://eu.posthog.com/replay/${one}, http://localhost:8000/project/2/replay/${other}`, [one, other]],
    [`https://us.posthog.com/project/1/replay/home?filters=%7B%7D&sessionRecordingId=${one}`, [one]],
    [`session ${one}`, [one]],
    [`Session-ID: \`${one}\`, recording=${other}.`, [one, other]],
    [`{"$session_id":"${one}"} (see session ${one})`, [one]],
    [`replay ${other} and https://us.posthog.com/replay/${one}`, [other, one]],
  ] as const)("are found in %s", ([text, ids], { expect }) => {
    expect(postHogSessionIds(text)).toEqual(ids);
  });
  it.for([
    one,
    `request ${one}`,
    `obsession ${one}`,
    `session ${one}0`,
    `session ${one.replace("-7c", "-4c")}`,
    `https://us.posthog.com/replay/${one}-1`,
    `https://us.posthog.com/person/${one}`,
  ])("are not found in %s", (text, { expect }) => {
    expect(postHogSessionIds(text)).toEqual([]);
  });
});

describe("links into GitHub", () => {
  it("are told apart", ({ expect }) => {
    const text =
      "https://github.com/acme/shop/issues/12 https://github.com/acme/shop/pull/3/files (https://github.com/acme/shop/blob/main/src/cart.js#L10-L12) https://github.com/acme/shop/tree/main";
    expect(githubLinks(text)).toEqual([
      { kind: "issue", repository: "acme/shop", number: 12 },
      { kind: "pull", repository: "acme/shop", number: 3 },
      { kind: "blob", repository: "acme/shop", ref: "main", path: "src/cart.js", line: 10 },
      { kind: "repository", repository: "acme/shop" },
    ]);
  });
});

it("finds stack frames in several notations, each place once", ({ expect }) => {
  const text = `TypeError: x
    at total (src/cart.ts:12:3)
    at async Object.<anonymous> (/app/src/index.js:4:1)
    at src/cart.ts:12:3
  File "app/cart.py", line 7, in total
  lib/shop/cart.rb:9`;
  expect(stackFrames(text)).toEqual([
    { file: "src/cart.ts", line: 12, symbol: "total" },
    { file: "/app/src/index.js", line: 4, symbol: "Object.<anonymous>" },
    { file: "app/cart.py", line: 7, symbol: "total" },
    { file: "lib/shop/cart.rb", line: 9 },
  ]);
});

it("finds stack frames as browsers write them, without where the file was loaded from", ({ expect }) => {
  const text = `at total (https://shop.acme.com/src/cart.js?v=2:12:3)
    at http://localhost:3000/assets/index.js:4:1
    at async load (webpack://shop/./src/load.ts:7:9)
    at file:///app/src/main.js:2:1
total@https://shop.acme.com/src/gecko.js:5:6
@https://shop.acme.com/src/start.js:1:2`;
  expect(stackFrames(text)).toEqual([
    { file: "src/cart.js", line: 12, symbol: "total" },
    { file: "assets/index.js", line: 4 },
    { file: "src/load.ts", line: 7, symbol: "load" },
    { file: "app/src/main.js", line: 2 },
    { file: "src/gecko.js", line: 5, symbol: "total" },
    { file: "src/start.js", line: 1 },
  ]);
});

it("finds references inside code blocks, quotes and URLs' neighbours", ({ expect }) => {
  const text =
    "```\nBUG-12\n``` `WEB-3` > see (BUG-4), https://us.posthog.com/project/1/replay/0190b6f4-7a3e-7c3d-8d6b-3f1c2b4a5d6e?t=3";
  expect(linearIssueIds(text)).toEqual(["BUG-12", "WEB-3", "BUG-4"]);
  expect(postHogSessionIds(text)).toEqual(["0190b6f4-7a3e-7c3d-8d6b-3f1c2b4a5d6e"]);
});

const extractors = {
  findReferences,
  githubLinks,
  stackFrames,
  linearIssueIds,
  linearIssueUrls,
  postHogSessionIds,
  emailAddresses,
  maskEmails,
};
const pieces = [
  "a",
  "A-",
  "@",
  "a@",
  "a.",
  "a/",
  "at ",
  "at https://a/",
  "a@https://a/",
  "(",
  "https://",
  "https://github.com/a/",
  "https://github.com/a/b/blob/",
  "BUG-1",
  "session ",
  "session=0190b6f4-",
  "https://a/replay/",
  "sessionRecordingId=",
  "<",
  "-1",
  'File "',
  ":1",
  ".ts:1",
  "\u202E",
  "😀",
  "\0",
  "%",
  "%40",
  "a@1.",
  "a@a.",
];

it("ends soon on a megabyte of anything", ({ expect }) => {
  for (const piece of pieces) {
    const text = piece.repeat(Math.ceil((1024 * 1024) / piece.length));
    for (const extract of Object.values(extractors)) expect(() => extract(text)).not.toThrow();
  }
});

it("never throws, and finds only what was written", { timeout: fuzzTimeoutMs }, ({ expect }) => {
  const text = fc.array(
    fc.oneof(fc.constantFrom(...pieces, "BUG-12", "UTF-8", " ", "\n"), fc.string({ unit: "binary", maxLength: 8 })),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(text, (parts) => {
      const written = parts.join("");
      for (const id of linearIssueIds(written)) expect(written).toContain(id);
      for (const address of emailAddresses(written)) expect(written).toContain(address);
      for (const id of postHogSessionIds(written)) expect(written).toContain(id);
      for (const { file } of stackFrames(written)) expect(written).toContain(file);
      for (const { repository } of githubLinks(written)) expect(repository).toMatch(/^[A-Za-z0-9-]+\/[\w.-]+$/);
      expect(() => findReferences(written)).not.toThrow();
    }),
    fuzzed(5_000),
  );
});
