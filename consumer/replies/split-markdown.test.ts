import * as fc from "fast-check";
import { it } from "vitest";
import { splitMarkdown } from "./split-markdown.ts";

it("leaves what fits as it is", ({ expect }) => {
  expect(splitMarkdown(" short \n", 100)).toEqual(["short"]);
  expect(splitMarkdown("", 100)).toEqual([]);
});

it("cuts between paragraphs", ({ expect }) => {
  const paragraphs = ["a".repeat(40), "b".repeat(40), "c".repeat(40)];
  expect(splitMarkdown(paragraphs.join("\n\n"), 100)).toEqual([`${paragraphs[0]}\n\n${paragraphs[1]}`, paragraphs[2]]);
});

it("closes a code block that it cuts, and opens it again", ({ expect }) => {
  const parts = splitMarkdown(`\`\`\`js\n${"line\n".repeat(40)}\`\`\`\nend`, 100);
  expect(parts.length).toBeGreaterThan(1);
  for (const part of parts) expect(part.match(/^```/gm)?.length ?? 0).toSatisfy((fences: number) => fences % 2 === 0);
  expect(parts[1]).toMatch(/^```js\nline/);
});

it("never exceeds the limit and loses no visible character", ({ expect }) => {
  const piece = fc.constantFrom("word ", "\n", "\n\n", "```\n", "😀", "x".repeat(70), "é", "- ");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 80 }), fc.integer({ min: 32, max: 120 }), (pieces, limit) => {
      const text = pieces.join("");
      const parts = splitMarkdown(text, limit);
      expect(Math.max(0, ...parts.map((part) => part.length))).toBeLessThanOrEqual(limit);
      const visible = (all: string) => all.replace(/[\s`]/g, "");
      expect(visible(parts.join(""))).toBe(visible(text));
      expect(parts.join("")).toBe(parts.join("").toWellFormed());
    }),
    { seed: 7, numRuns: 2000 },
  );
});
