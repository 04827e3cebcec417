import * as fc from "fast-check";
import { it } from "vitest";
import * as z from "zod/mini";
import type { Command } from "../../shared/command.ts";
import { fuzzed, fuzzTimeoutMs } from "../../shared/fuzz.ts";
import { hostileWords } from "./hostile-words.ts";
import { cutShort, layOut } from "./lay-out.ts";
import { drawAsked, drawMessage, type DrawnMessage, fitsSlack, wordsOf } from "./slack-message.ts";

const drawn = (text: string, summary?: string) => {
  const card = summary === undefined ? undefined : { title: "", url: "https://github.test/pull/1", summary };
  return drawMessage(wordsOf({ text, card }));
};
const text = (words: string, style?: object) => ({ type: "text", text: words, ...(style && { style }) });
const section = (...elements: object[]) => ({ type: "rich_text_section", elements });

it.for<[string, object[]]>([
  [
    "[Pull request #1](https://github.com/acme/shop/pull/1)",
    [section({ type: "link", url: "https://github.com/acme/shop/pull/1", text: "Pull request #1" })],
  ],
  [
    "**bold** *slanted* and `code`",
    [
      section(
        text("bold", { bold: true }),
        text(" "),
        text("slanted", { italic: true }),
        text(" and "),
        text("code", { code: true }),
      ),
    ],
  ],
  ["a < b && c \\> d\\\nnext", [section(text("a < b && c > d\nnext"))]],
  ["`&lt;` &lt;", [section(text("&lt;", { code: true }), text(" <"))]],
  ["`src/**`, `app/**`", [section(text("src/**", { code: true }), text(", "), text("app/**", { code: true }))]],
  ["\\_\\_tests\\_\\_ \\`x\\` snake_case 3\\*4", [section(text("__tests__ `x` snake_case 3*4"))]],
  ["a  \nb", [section(text("a\nb"))]],
  [
    "```ts\nconst a = `x < ${b}`;\n\n```",
    [{ type: "rich_text_preformatted", elements: [text("const a = `x < ${b}`;\n")] }],
  ],
  [
    "Found:\n\n* one\n* two\n  * three\n\nDone.",
    [
      section(text("Found:\n")),
      { type: "rich_text_list", style: "bullet", indent: 0, elements: [section(text("one")), section(text("two"))] },
      { type: "rich_text_list", style: "bullet", indent: 1, elements: [section(text("three"))] },
      section(text("\nDone.")),
    ],
  ],
  ["> quoted\nnot any more", [{ type: "rich_text_quote", elements: [text("quoted")] }, section(text("not any more"))]],
  [
    "* an item\nnone",
    [
      { type: "rich_text_list", style: "bullet", indent: 0, elements: [section(text("an item"))] },
      section(text("none")),
    ],
  ],
])("shows %j as it reads", ([markdown, elements], { expect }) => {
  expect(drawn(markdown).blocks).toEqual([{ type: "rich_text", elements }]);
});

it("says what it shows to those who see a notification", ({ expect }) => {
  expect(drawn("✅ **a** < [b](https://b.test)\n\n* `c`").text).toBe("✅ a &lt; <https://b.test/|b>\n\n• c");
});

it("quotes the agent's words, whose links show where they lead", ({ expect }) => {
  expect(drawn("✅ done", "`x` at [home](https://evil.test/a)\n\n<!channel>").blocks).toEqual([
    {
      type: "rich_text",
      elements: [
        section(text("✅ done")),
        {
          type: "rich_text_quote",
          elements: [text("x", { code: true }), text(" at home (https://evil.test/a)\n\n<!channel>")],
        },
      ],
    },
  ]);
});

it("shows fine print as what it says, with no emoji made of it", ({ expect }) => {
  const fine = { type: "plain_text", text: "41 s :tada: &lt;!here&gt;", emoji: false };
  expect(drawn("-# 41 s :tada: <!here>").blocks).toEqual([{ type: "context", elements: [fine] }]);
});

it("writes an address as text that is too long for a link", ({ expect }) => {
  const url = `https://a.test/${"x".repeat(1_200)}`;
  expect(drawn(`[here](${url})`).blocks).toEqual([{ type: "rich_text", elements: [section(text(`here (${url})`))] }]);
});

it("shows code in a quote as code that can be copied", ({ expect }) => {
  expect(drawn("> ```\n> a < b\n>   c\n> ```\n> words").blocks).toEqual([
    {
      type: "rich_text",
      elements: [
        { type: "rich_text_preformatted", elements: [text("a < b\n  c")], border: 1 },
        { type: "rich_text_quote", elements: [text("words")] },
      ],
    },
  ]);
});

const texts = z.array(
  z.looseObject({ elements: z.optional(z.array(z.looseObject({ text: z.optional(z.unknown()) }))) }),
);

/** https://docs.slack.dev/reference/block-kit/blocks */
function isTaken({ text: fallback, blocks }: DrawnMessage): boolean {
  const long = texts
    .parse(blocks)
    .some(({ elements = [] }) => elements.some((one) => JSON.stringify(one.text ?? "").length > 3_300));
  return fallback.length <= 3_900 && blocks.length <= 50 && !long && JSON.stringify(blocks).length <= 12_000;
}

it("is never more than Slack takes, whatever is said", { timeout: fuzzTimeoutMs }, ({ expect }) => {
  const asked = (words: string): Command => ({
    v: 1,
    id: "slack-Ev1",
    name: "fix",
    text: words,
    conversation: { platform: "slack", teamId: "T1", channelId: "C1" },
    author: { id: "U1" },
    references: {},
    receivedAt: 1,
  });
  fc.assert(
    fc.property(hostileWords, hostileWords, (words, summary) => {
      const card = { title: words, url: "https://github.test/pull/1", summary };
      const laidOut = layOut(wordsOf({ text: words, card }), fitsSlack);
      const { parts, beginning = [] } = laidOut;
      const messages = [...parts, beginning, ...cutShort(laidOut, fitsSlack)].map((part) => drawMessage(part));
      for (const message of [...messages, drawAsked(asked(words))]) expect(isTaken(message)).toBe(true);
    }),
    fuzzed(60),
  );
});
