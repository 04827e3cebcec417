import * as fc from "fast-check";
import { expect, it } from "vitest";
import {
  codeMarkdown,
  inlineMarkdown,
  linkMarkdown,
  plainQuoteMarkdown,
  quoteMarkdown,
} from "../../consumer/evidence/untrusted-markdown.ts";
import { drawReply } from "../../consumer/replies/discord-message.ts";
import { hostileWords } from "../../consumer/replies/hostile-words.ts";
import { layOut } from "../../consumer/replies/lay-out.ts";
import { drawMessage, fitsSlack, wordsOf } from "../../consumer/replies/slack-message.ts";
import { defuse } from "../../consumer/sandbox/github-markdown.ts";
import { fuzzed, fuzzTimeoutMs } from "../../shared/fuzz.ts";
import { showHidden } from "../../shared/plain-text.ts";
import { discordMarkdownHtml } from "./discord-html.ts";
import { shownText } from "./html.ts";
import { linearHtml } from "./linear-html.ts";
import { slackHtml } from "./slack-html.ts";

/** What each platform shows of Markdown, as HTML; of all messages, where it takes several. */
const platforms = {
  Slack: (markdown: string) =>
    layOut(wordsOf({ text: markdown }), fitsSlack)
      .parts.map((part) => slackHtml(drawMessage(part)).replace(/^<div class="slack">.*?<\/span>/, ""))
      .join(""),
  Discord: (markdown: string) =>
    drawReply({ text: markdown })
      .map(({ content }) => discordMarkdownHtml(content))
      .join(""),
  Linear: linearHtml,
  // A joiner keeps its words from calling people and issues.
  GitHub: (markdown: string) => linearHtml(defuse(markdown)).replaceAll("\u200B", ""),
};
/** In which words of somebody else's stand in what bugbot writes. In Linear and on GitHub addresses in a quote can be clicked. */
const writers = (platform: string) => ({
  words: inlineMarkdown,
  code: codeMarkdown,
  "a quote": platform === "Slack" || platform === "Discord" ? plainQuoteMarkdown : quoteMarkdown,
});

const visible = (text: string) => text.replace(/\s/g, "");
const alive = /<(?:mark|img|b|i|u|s|strong|em|del|h\d|li|table|input)\b/;
/** GitHub takes no more of one. */
const some = hostileWords.map((words) => words.slice(0, 8_000));

for (const [platform, show] of Object.entries(platforms)) {
  for (const [kind, write] of Object.entries(writers(platform))) {
    it(`${platform} shows ${kind} of a stranger's as what they say`, { timeout: fuzzTimeoutMs }, () => {
      fc.assert(
        fc.property(some, (words) => {
          const html = show(`Said:${kind === "a quote" ? "\n\n" : " "}${write(words)}`);
          expect(visible(shownText(html))).toBe(visible(`Said:${showHidden(words)}`));
          expect(html).not.toMatch(alive);
          for (const [, url = "", label] of html.matchAll(/<a href="(?!mailto:)([^"]*)">([^<]*)/g)) {
            expect(write).toBe(quoteMarkdown);
            expect(visible(url)).toContain(label);
          }
        }),
        { ...fuzzed(30), examples: [["_www.evil.test"], ["_https://evil.test/login?a=1&b=2"]] },
      );
    });
  }
  it(
    `${platform} shows a link on a stranger's words as what they say, and leads where it should`,
    { timeout: fuzzTimeoutMs },
    () => {
      fc.assert(
        fc.property(hostileWords, (words) => {
          const label = `x${words}`.slice(0, 300);
          const html = show(linkMarkdown(label, "https://a.test/(x)"));
          const led = Array.from(html.matchAll(/<a href="(?!mailto:)([^"]*)"/g), ([, url]) => url);
          expect(new Set(led)).toEqual(new Set(["https://a.test/%28x%29"]));
          expect(visible(shownText(html))).toContain(visible(showHidden(label)));
          expect(html).not.toMatch(alive);
        }),
        fuzzed(30),
      );
    },
  );
}
