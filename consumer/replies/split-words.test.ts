import * as fc from "fast-check";
import { it } from "vitest";
import { fuzzed, fuzzTimeoutMs } from "../../shared/fuzz.ts";
import { discordMarkdown } from "./discord-markdown.ts";
import { hostileWords } from "./hostile-words.ts";
import { readMarkdown } from "./read-markdown.ts";
import { fitsSlack } from "./slack-message.ts";
import { type Fits, splitWords } from "./split-words.ts";
import { type Block, textOf, withoutLinks } from "./words.ts";

const inDiscord = (blocks: readonly Block[]) => discordMarkdown(blocks, { hidesPreviews: true });
const within =
  (limit: number): Fits =>
  (blocks) =>
    inDiscord(blocks).length <= limit;
const split = (markdown: string, limit: number) => splitWords(readMarkdown(markdown), within(limit)).map(inDiscord);

it("leaves what fits as it is", ({ expect }) => {
  expect(split(" short \n", 100)).toEqual(["short"]);
  expect(split("", 100)).toEqual([]);
});

it("cuts between paragraphs, else between lines, else between words", ({ expect }) => {
  const [a, b, c] = ["a".repeat(55), "b".repeat(40), "c".repeat(40)];
  expect(split(`${a}\n\n${b}\n${c}`, 100)).toEqual([a, `${b}\n${c}`]);
  expect(split(`${a}\n${b}\n${c}`, 100)).toEqual([`${a}\n${b}`, c]);
  expect(split(`${a} ${b} ${c}`, 100)).toEqual([`${a} ${b}`, c]);
});

it("closes a code block that it cuts, and opens it again", ({ expect }) => {
  const parts = split(`\`\`\`js\n${"  line\n".repeat(40)}\`\`\`\nend`, 100);
  expect(parts.length).toBeGreaterThan(2);
  for (const part of parts) expect(part).toMatch(/^```js\n( {2}line\n)+```(\nend)?$/);
});

it("leaves what it cuts as bold, as code and as a link as it was", ({ expect }) => {
  for (const [before, after] of [
    ["**", "**"],
    ["`", "`"],
    ["[", "](<https://a.test/>)"],
  ] as const) {
    const parts = split(`${before}${"word ".repeat(40).trim()}${after}`, 100);
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) expect(part.startsWith(before) && part.endsWith(after)).toBe(true);
  }
});

it("cuts further down where a shorter text is written in more characters", ({ expect }) => {
  // Three backticks cannot stand in a block of code: with them it is shown as text, without its fences.
  const parts = split(`~~~~typescript\n${"a".repeat(40)}\n\`\`\`${"b".repeat(60)}\n~~~~`, 56);
  expect(parts.map((part) => part.length).filter((length) => length > 56)).toEqual([]);
  expect(parts.join("").replace(/[^ab]|typescript/g, "")).toBe("a".repeat(40) + "b".repeat(60));
});

it("cuts neither an entity nor a pair of characters that are one", ({ expect }) => {
  for (const one of ["<", "&", "😀", "👩‍👩‍👧", "e\u0301"]) {
    for (const [part = []] of [5, 6, 7, 11, 13].map((room) =>
      splitWords(readMarkdown(one.repeat(20)), within(room * 2)),
    )) {
      const text = part.map(textOf).join("");
      expect(text).toBe(one.repeat(text.length / one.length));
    }
  }
});

it("loses nothing but white space, and never exceeds what is taken", { timeout: fuzzTimeoutMs }, ({ expect }) => {
  const visible = (blocks: readonly Block[]) => blocks.map(textOf).join("").replace(/\s/g, "");
  const limits = fc.constantFrom<Fits>(fitsSlack, within(2_000), within(4_096));
  fc.assert(
    fc.property(hostileWords, limits, (markdown, fits) => {
      const blocks = withoutLinks(readMarkdown(markdown), (url) => url.length > 1_000);
      const parts = splitWords(blocks, fits);
      expect(parts.every(fits)).toBe(true);
      expect(visible(parts.flat())).toBe(visible(blocks));
      expect(parts.flat().map(textOf).join("").isWellFormed()).toBe(true);
    }),
    fuzzed(100),
  );
});
