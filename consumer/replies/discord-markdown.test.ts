import { describe, it } from "vitest";
import { discordMarkdown, escapeDiscord } from "./discord-markdown.ts";
import { readMarkdown } from "./read-markdown.ts";
import { type Block, paragraph, type Span } from "./words.ts";

const shown = (blocks: readonly Block[]) => discordMarkdown(blocks, { hidesPreviews: true });
const write = (...spans: Span[]) => shown([paragraph(...spans)]);
const url = "https://a.test/x";

describe("what begins a line", () => {
  it.for([
    ["# no heading", "\\# no heading"],
    ["-# no fine print", "\\-# no fine print"],
    ["> no quote", "\\> no quote"],
    ["- no item", "\\- no item"],
    ["words\n  + no item", "words\n  \\+ no item"],
    ["12. no item", "12\\. no item"],
  ])("is only words: %j", ([text = "", written], { expect }) => {
    expect(write({ text })).toBe(written);
  });

  it.for([
    ["*> x*", "*\\> x*"],
    ["# > x", "**\\> x**"],
    ["***1\\. x***", "**_1\\. x_**"],
    ["[\\# x](https://a.test/x)", "[\\# x](<https://a.test/x>)"],
  ])("is only words where it has a look: %j", ([markdown = "", written], { expect }) => {
    expect(shown(readMarkdown(markdown))).toBe(written);
  });
});

it("shows brackets that are no link", ({ expect }) => {
  expect(escapeDiscord("[x](https://evil.test)")).toBe("\\[x\\](https\\://evil.test)");
});

it("shows what is slanted in what is bold", ({ expect }) => {
  expect(shown(readMarkdown("**a *b***, *c*"))).toBe("**a _b_**, *c*");
});

describe("a link", () => {
  it("leads where it should, whatever is in its address", ({ expect }) => {
    expect(write({ text: "x", url: "https://a.test/(a)*|`\\" })).toBe("[x](<https://a.test/%28a%29%2A%7C%60%5C>)");
    expect(write({ text: "https://a.test/(a)", url: "https://a.test/(a)" })).toBe("<https://a.test/%28a%29>");
  });

  it.for([
    ["[slug]", "[\\[slug\\]](<https://a.test/x>)"],
    ["a] b", "a\\] b (<https://a.test/x>)"],
    ["https://b.test", "https\\://b.test (<https://a.test/x>)"],
    ["a\nb", "a\nb (<https://a.test/x>)"],
  ])("shows its address where its label cannot be one: %j", ([text = "", written], { expect }) => {
    expect(write({ text, url })).toBe(written);
  });
});
