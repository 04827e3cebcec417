import { describe, it } from "vitest";
import { readMarkdown } from "./read-markdown.ts";
import { textOf } from "./words.ts";

const texts = (markdown: string) => readMarkdown(markdown).map(textOf);

describe("code", () => {
  it.for([
    ["four backticks around three", "````", "```\n* x\ny"],
    ["tildes around backticks", "~~~", "```\n* x\ny"],
    ["backticks around tildes", "```", "~~~\n* x\ny"],
    ["three backticks around a line that begins with more words", "```", "```ts\n* x\ny"],
  ] as const)("is what was written: %s", ([, fence, code], { expect }) => {
    expect(readMarkdown(`${fence}\n${code}\n${fence}\nend`)).toMatchObject([
      { kind: "code", spans: [{ text: code }] },
      { kind: "paragraph", spans: [{ text: "end" }] },
    ]);
  });

  it("may look like a list that is too deep", ({ expect }) => {
    const code = `${"* ".repeat(50)}x\n${"> ".repeat(50)}y`;
    expect(texts(`\`\`\`\n${code}\n\`\`\``)).toEqual([code]);
    expect(texts(`> \`\`\`\n> ${code.replace("\n", "\n> ")}\n> \`\`\``)).toEqual([code]);
  });
});

describe("quotes and lists without end", () => {
  it.for(["> ", ">", "* ", "1. ", "*\t", "> * "])(
    "are read as text where nobody could see them: %j",
    (mark, { expect }) => {
      const marks = mark.repeat(10_000 / mark.length);
      const [block, ...more] = readMarkdown(`${marks}x`);
      expect(more).toEqual([]);
      expect(block?.depth ?? 0).toBeLessThanOrEqual(8);
      const text = block ? textOf(block) : "";
      expect(text.length).toBeGreaterThan(9_800);
      expect(`${marks}x`.endsWith(text)).toBe(true);
    },
  );

  it("are none where a line is only long and blank", ({ expect }) => {
    expect(texts(`a\n${" ".repeat(80)}\nb`)).toEqual(["a", "b"]);
  });

  it("leave a rule a rule", ({ expect }) => {
    const rule = "- ".repeat(200).trim();
    expect(texts(rule)).toEqual([rule]);
    expect(texts(`> ${rule}`)).toEqual([rule]);
  });
});

it("shows the address of somebody's mail once", ({ expect }) => {
  expect(texts("<me@a.test>")).toEqual(["me@a.test"]);
  expect(texts("[me](mailto:me@a.test)")).toEqual(["me (mailto:me@a.test)"]);
});
