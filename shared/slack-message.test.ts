import { describe, it } from "vitest";
import { slackWords } from "./slack-message.ts";

const section = (text: string) => ({ type: "section", text: { type: "mrkdwn", text } });

describe("an alert", () => {
  it("without text says what its blocks and fields say", ({ expect }) => {
    const blocks = [
      section(":rotating_light: *<https://sentry.test/issues/7|TypeError: total is undefined>*"),
      {
        type: "section",
        fields: [
          { type: "mrkdwn", text: "*Release*" },
          { type: "mrkdwn", text: "1.2.3" },
        ],
      },
      { type: "context", elements: [{ type: "mrkdwn", text: "in &lt;Cart&gt;" }] },
      { type: "actions", elements: [{ type: "button", text: { type: "plain_text", text: "Resolve" } }] },
    ];
    expect(slackWords({ text: "", blocks }, true)).toBe(
      "TypeError: total is undefined https://sentry.test/issues/7\nRelease\n1.2.3\nin <Cart>",
    );
  });

  it("says what its attachment says, and its fallback where that is all there is", ({ expect }) => {
    const attachment = {
      fallback: "[shop] boom",
      title: "boom",
      title_link: "https://sentry.test/issues/8",
      text: "at cart.js:12",
      fields: [{ title: "Users", value: "12", short: true }],
    };
    expect(slackWords({ attachments: [attachment, { fallback: "[shop] bang" }] }, true)).toBe(
      "boom https://sentry.test/issues/8\nat cart.js:12\nUsers: 12\n[shop] bang",
    );
  });

  it("says nothing twice", ({ expect }) => {
    expect(slackWords({ text: "boom", blocks: [section("*boom*"), section("at cart.js:12")] }, true)).toBe(
      "boom\nat cart.js:12",
    );
  });
});

describe("a person's message", () => {
  const rich = {
    type: "rich_text",
    elements: [{ type: "rich_text_section", elements: [{ type: "text", text: "hi" }] }],
  };

  it("is its text", ({ expect }) => {
    expect(slackWords({ text: "see <https://a.test|a> *now*", blocks: [rich] }, false)).toBe(
      "see https://a.test *now*",
    );
  });

  it("is what it quotes too, but not what a link looks like", ({ expect }) => {
    const quoted = {
      is_msg_unfurl: true,
      from_url: "https://acme.slack.test/p1",
      author_name: "Bob",
      text: "it breaks",
    };
    const unfurled = { from_url: "https://a.test", title: "A", text: "advertisement" };
    expect(slackWords({ text: "look", attachments: [quoted, unfurled] }, false)).toBe("look\nBob wrote: it breaks");
  });
});

it("reads whatever is sent, however deep", ({ expect }) => {
  let deep: unknown = "x";
  for (let level = 0; level < 10_000; level++) deep = { text: deep, elements: [deep] };
  for (const odd of [deep, [deep], 7, null, "x", [{ text: 7, fields: "x" }], [null]]) {
    expect(typeof slackWords({ text: odd, blocks: odd, attachments: odd }, true)).toBe("string");
  }
});
