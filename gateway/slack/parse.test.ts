import { it } from "vitest";
import { parse } from "./parse.ts";

async function commandOf(text: string, event: Record<string, unknown> = {}) {
  const incoming = await parse(
    JSON.stringify({
      type: "event_callback",
      team_id: "T1",
      event_id: "Ev1",
      authorizations: [{ user_id: "UBOT" }],
      event: { type: "app_mention", user: "U1", text, ts: "10.1", channel: "C1", ...event },
    }),
    0,
  );
  if (incoming.kind !== "command") throw new Error(incoming.kind);
  return incoming.command;
}

it.for<[string, string, string]>([
  ["<@UBOT> fix it", "fix", "it"],
  ["<@UBOT> FIX it", "fix", "it"],
  ["<@UBOT|bugbot>   ctx\nBUG-1", "contextualize", "BUG-1"],
  ["<@UBOT> context", "contextualize", ""],
  ["<@UBOT> cancel", "stop", ""],
  ["hey <@UBOT> fix the cart", "fix", "the cart"],
  ["fix the cart <@UBOT>", "fix", "the cart"],
  ["<@UBOT> dance with me", "help", "dance with me"],
  ["<@UBOT> constructor", "help", "constructor"],
  ["<@UBOT>", "help", ""],
])("reads %j as %s", async ([text, name, words], { expect }) => {
  expect(await commandOf(text)).toMatchObject({ name, text: words });
});

it("reads links and entities as they were typed", async ({ expect }) => {
  const { text, references } = await commandOf(
    "<@UBOT> fix <https://github.com/acme/shop|acme/shop> a &lt; b &amp;&amp; <mailto:ann@acme.com|ann@acme.com>",
  );
  expect(text).toBe("https://github.com/acme/shop a < b && ann@acme.com");
  expect(references).toEqual({ githubRepoUrl: "https://github.com/acme/shop", userEmail: "ann@acme.com" });
});

it("answers in the thread the mention was written in", async ({ expect }) => {
  expect((await commandOf("<@UBOT> fix it", { thread_ts: "9.9" })).conversation).toMatchObject({
    threadId: "9.9",
    messageId: "10.1",
  });
});

it("needs no mention in a direct message", async ({ expect }) => {
  expect(await commandOf("fix it", { type: "message", channel_type: "im" })).toMatchObject({ name: "fix", text: "it" });
});
