import { it } from "vitest";
import { toMrkdwn } from "./slack-mrkdwn.ts";

const withoutJoiners = (text: string) => text.replaceAll("\u200B", "");

it.for([
  ["[Pull request #1](https://github.com/acme/shop/pull/1)", "<https://github.com/acme/shop/pull/1|Pull request #1>"],
  ["**bold** and `code`", "*bold* and `code`"],
  ["a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"],
  ["a \\< b \\> c", "a &lt; b &gt; c"],
  ["* one\n* two", "•   one\n•   two"],
  ["`C:\\<x>` and `y`", "`C:\\&lt;x>` and `y`"],
  ["\\*no bold\\* \\_x\\_ \\~y\\~ \\`z\\`", "∗no bold* ˍx_ ∼y~ ˋzˋ"],
  ["3\\*4 snake\\_case a\\[0\\] \\#7 \\|", "3*4 snake_case a[0] #7 |"],
])("writes %j as %j", ([markdown = "", mrkdwn], { expect }) => {
  expect(withoutJoiners(toMrkdwn(markdown))).toBe(mrkdwn);
});

it.for([
  "<!channel> hi",
  "<@U1>",
  "\\<!here>",
  "\\\\<!here>",
  "`<!here>`",
  "```\n<!everyone>\n```",
  "<https://evil.com|github.com>",
  "> <!channel>",
])("pings nobody for %j", ([...text], { expect }) => {
  expect(toMrkdwn(text.join(""))).not.toMatch(/<[!@#]/);
});
