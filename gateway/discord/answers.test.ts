import { it } from "vitest";
import { button, form, inDirectMessage, inGuild, menu, nowMs, ping, slash } from "./interaction-samples.ts";
import { createParse } from "./parse-interaction.ts";

const parse = createParse(async () => []);

async function answerTo(interaction: object): Promise<unknown> {
  const incoming = await parse(JSON.stringify(interaction), nowMs);
  if (incoming.kind !== "answer" || !incoming.answer || !("json" in incoming.answer)) throw new Error(incoming.kind);
  return incoming.answer.json;
}

it.for([ping, { type: 1 }])("answers a ping", async (interaction, { expect }) => {
  expect(await answerTo(interaction)).toEqual({ type: 1 });
});

it.for([inGuild, inDirectMessage])("opens a form where the repository is missing", async (somewhere, { expect }) => {
  expect(await answerTo(somewhere(3, button("bugbot:ask:discord-1")))).toEqual({
    type: 9,
    data: {
      custom_id: "bugbot:ask:discord-1",
      title: "Which repository?",
      components: [
        {
          type: 18,
          label: "Repository",
          description: "The one that has the bug: owner/name, or its GitHub URL",
          component: {
            type: 4,
            custom_id: "repository",
            style: 1,
            placeholder: "owner/name",
            max_length: 200,
            required: true,
          },
        },
      ],
    },
  });
});

const fixMenu = menu("Fix with bugbot");
const twoRepositories = "https://github.com/acme/shop https://github.com/acme/web";
it.for<[string, string, object]>([
  ["a form that names no repository", "`owner/name`", inGuild(5, form("bugbot:ask:discord-1", "the shop"))],
  ["a form that names two", "`owner/name`", inGuild(5, form("bugbot:ask:discord-1", twoRepositories))],
  ["an empty form", "`owner/name`", inGuild(5, { ...form("bugbot:ask:discord-1", ""), components: [] })],
  ["a form of another app", "do not know", inGuild(5, form("other", "acme/shop"))],
  ["a form of no button that asks", "do not know", inGuild(5, form("bugbot:stop:discord-1", "acme/shop"))],
  ["`repo` without an owner", "`owner/name`", inGuild(2, slash("fix", [{ name: "repo", value: "shop" }]))],
  ["`repo` on another host", "`owner/name`", inGuild(2, slash("fix", [{ name: "repo", value: "https://a.b/c/d" }]))],
  ["`issue` without an id", "`BUG-12`", inGuild(2, slash("fix", [{ name: "issue", value: "12" }]))],
  ["an unknown subcommand", "/bugbot help", inGuild(2, slash("dance"))],
  ["a subcommand named like a property", "/bugbot help", inGuild(2, slash("constructor"))],
  ["a subcommand nobody can write", "/bugbot help", inGuild(2, slash("retry"))],
  ["no subcommand", "/bugbot help", inGuild(2, { ...slash("fix"), options: [] })],
  ["another command", "/bugbot help", inGuild(2, slash("fix", [], "other"))],
  ["another menu", "/bugbot help", inGuild(2, menu("Translate"))],
  ["a menu without its message", "/bugbot help", inGuild(2, { ...fixMenu, target_id: "constructor" })],
  ["a person's menu", "/bugbot help", inGuild(2, { ...fixMenu, type: 2 })],
  ["another app's button", "do not know", inGuild(3, button("other"))],
  ["a button with a long id", "do not know", inGuild(3, button(`bugbot:retry:${"1".repeat(101)}`))],
  ["a list", "do not know", inGuild(3, { ...button("bugbot:retry:discord-1"), component_type: 3 })],
  ["no data", "do not know", { ...inGuild(3, {}), data: undefined }],
])("tells the asker alone about %s", async ([, words, interaction], { expect }) => {
  expect(await answerTo(interaction)).toEqual({
    type: 4,
    data: { content: expect.stringContaining(words), flags: 64, allowed_mentions: { parse: [] } },
  });
});
