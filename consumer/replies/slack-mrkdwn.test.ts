import { it } from "vitest";
import { toMrkdwn } from "./slack-mrkdwn.ts";

it.for([
  ["[Pull request #1](https://github.com/acme/shop/pull/1)", "<https://github.com/acme/shop/pull/1|Pull request #1>"],
  ["**bold**", "*bold*"],
  ["a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"],
  [
    "<!channel> <@U1> <https://evil.com|github.com>",
    "&lt;!channel&gt; &lt;@U1&gt; &lt;https://evil.com|github.com&gt;",
  ],
  ["[a|b](https://x.test)", "<https://x.test|a¦b>"],
])("writes %j as %j", ([markdown = "", mrkdwn], { expect }) => {
  expect(toMrkdwn(markdown)).toBe(mrkdwn);
});
