import { describe, it } from "vitest";
import { emailAddresses } from "./email.ts";
import { githubRepositories } from "./github.ts";
import { linearIssueIds, linearIssueUrls } from "./linear.ts";
import { findReferences } from "./reference.ts";

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

it("ends soon on a megabyte of anything", ({ expect }) => {
  for (const piece of ["a", "A-", "@", "a@", "a.", "https://", "https://github.com/a/", "BUG-1", "<", "-1"]) {
    const text = piece.repeat(Math.ceil((1024 * 1024) / piece.length));
    expect(() => findReferences(text)).not.toThrow();
  }
});
