import { describe, it } from "vitest";
import * as fc from "fast-check";
import { fuzzed, fuzzTimeoutMs } from "../../shared/fuzz.ts";
import { drawReply } from "./discord-message.ts";
import { hostileWords } from "./hostile-words.ts";

const url = "https://github.com/acme/shop/pull/7";
const words = `✅ [Pull request #7](${url}) in [acme/shop](https://github.com/acme/shop) (1 file, +3 −1)\n$0.08 · 41 s · 5 turns`;
const card = { title: "fix: the total (BUG-1)", url, summary: "`applyCode` ran [twice](https://evil.test).\n```\nx" };

describe("a last word", () => {
  it("with a pull request is a headline over a card", ({ expect }) => {
    expect(drawReply({ text: words, card })).toEqual([
      {
        content: `✅ [Pull request #7](<${url}>) in [acme/shop](<https://github.com/acme/shop>) (1 file, +3 −1)`,
        embeds: [
          {
            color: 0x2ecc71,
            title: card.title,
            url,
            description: "`applyCode` ran twice (https\\://evil.test/).\n```\nx\n```\n\n$0.08 · 41 s · 5 turns",
          },
        ],
        components: [],
        flags: 0,
        allowed_mentions: { parse: [] },
      },
    ]);
  });

  it("about a failure has what follows its reason in an embed, and its button under it", ({ expect }) => {
    const [message, ...more] = drawReply({
      text: "❌ GitHub has trouble (HTTP 502).\nThe team finds it under `discord-1`.",
      buttons: [{ action: "retry", commandId: "discord-1" }],
    });
    expect(more).toEqual([]);
    expect(message).toMatchObject({
      content: "❌ GitHub has trouble (HTTP 502).",
      embeds: [{ color: 0xe74c3c, description: "The team finds it under `discord-1`." }],
      components: [{ components: [{ label: "Retry", custom_id: "bugbot:retry:discord-1" }] }],
    });
  });

  it("of one line is that line, without previews of its links", ({ expect }) => {
    expect(drawReply({ text: "❌ See <https://acme.test>" })).toMatchObject([
      { content: "❌ See <https://acme.test>", embeds: [], flags: 4 },
    ]);
  });

  it("leaves links in code as they are", ({ expect }) => {
    const [message] = drawReply({
      text: "❌ Try `@bugbot fix https://github.com/owner/name` at [acme](https://acme.test)\nNow.",
    });
    expect(message?.content).toBe("❌ Try `@bugbot fix https://github.com/owner/name` at [acme](<https://acme.test/>)");
  });
});

describe("a long answer", () => {
  it("is split between paragraphs, its code blocks closed and opened again", ({ expect }) => {
    const code = `\`\`\`js\n${"cart.total();\n".repeat(250)}\`\`\``;
    const messages = drawReply({ text: `Evidence\n\n${code}`, buttons: [{ action: "fix", commandId: "c" }] });
    expect(messages.length).toBeGreaterThan(1);
    for (const { content } of messages) {
      expect(content.length).toBeLessThanOrEqual(2_000);
      expect(content.match(/```/g)?.length ?? 0).toSatisfy((fences: number) => fences % 2 === 0);
    }
    expect(messages.map(({ components }) => components.length)).toEqual([...messages.slice(1).map(() => 0), 1]);
  });

  it("has a link's address once where its label is none to Discord", ({ expect }) => {
    const messages = drawReply({ text: `[a\\] ${"word ".repeat(700)}end](https://a.test/x)` });
    expect(messages.length).toBe(2);
    expect(messages.map(({ content }) => content).join(" ")).toBe(
      `a\\] ${"word ".repeat(700)}end (<https://a.test/x>)`,
    );
  });

  it("under a headline goes on in embeds", ({ expect }) => {
    const messages = drawReply({ text: `✅ Evidence\n${"What was seen. ".repeat(500)}` });
    expect(messages.map(({ content }) => content)).toEqual(["✅ Evidence", ""]);
    expect(messages.every(({ embeds }) => (embeds[0]?.description ?? "").length <= 4_096)).toBe(true);
  });
});

describe("words that call somebody", () => {
  it.for(["@everyone", "@here", "<@123>", "<@!123>", "<@&123>", "<#123>", "</fix:123>", "<:x:1>", "<a:x:1>", "<t:1>"])(
    "are only words wherever they are quoted: %s",
    (call, { expect }) => {
      const drawn = drawReply({ text: `✅ ${call}\n${call}`, card: { title: call, url, summary: call } });
      const plain = drawReply({ text: `He said ${call}` });
      const parts = [...drawn, ...plain].flatMap(({ content, embeds }) => [
        content,
        ...embeds.flatMap(({ title = "", description = "" }) => [title, description]),
      ]);
      const escaped = `\\${call.replace(/:(?=\w+:)/g, "\\:")}`;
      for (const shown of parts) {
        expect(shown).toContain(escaped);
        expect(shown.replaceAll(escaped, "")).not.toContain(call);
      }
      expect([...drawn, ...plain].every(({ allowed_mentions: { parse } }) => parse.length === 0)).toBe(true);
    },
  );
});

it("is never more than Discord takes", { timeout: fuzzTimeoutMs }, ({ expect }) => {
  fc.assert(
    fc.property(hostileWords, fc.boolean(), fc.constantFrom("x", "✅"), (given, hasCard, mark) => {
      const shown = hasCard ? { title: given, url, summary: given } : undefined;
      for (const { content, embeds } of drawReply({ text: mark + given, card: shown })) {
        expect(content.length).toBeLessThanOrEqual(2_000);
        expect(content !== "" || embeds.length > 0).toBe(true);
        for (const { title = "", description = "" } of embeds) {
          expect(title.length).toBeLessThanOrEqual(256);
          expect(description.length).toBeLessThanOrEqual(4_096);
        }
        expect(JSON.stringify([content, embeds]).isWellFormed()).toBe(true);
      }
    }),
    fuzzed(100),
  );
});
