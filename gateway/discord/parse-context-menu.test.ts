import { it } from "vitest";
import { inGuild, menu, nowMs } from "./interaction-samples.ts";
import { createParse } from "./parse-interaction.ts";

const parse = createParse(async () => []);
const read = (interaction: object) => parse(JSON.stringify(interaction), nowMs);

it("makes the message a menu is used on the report", async ({ expect }) => {
  const incoming = await read(inGuild(2, menu("Contextualize with bugbot")));
  expect(incoming).toMatchObject({
    kind: "command",
    answer: { json: { type: 5 } },
    command: {
      name: "contextualize",
      text: "",
      report: { text: "The total is wrong: BUG-12", author: "bob" },
      // The id's own time.
      reportedAt: Date.parse("2025-09-19T12:14:09.342Z"),
      conversation: { messageId: "1418570862290014208" },
      author: { name: "Ann" },
      references: { linearIssueId: "BUG-12" },
    },
  });
});

it("reads what is embedded, attached and forwarded", async ({ expect }) => {
  const embed = {
    type: "rich",
    title: "TypeError",
    url: "https://github.com/acme/shop",
    description: "in the cart",
    fields: [{ name: "User", value: "ann@acme.com", inline: true }],
  };
  const snapshot = {
    message: {
      type: 0,
      content: "It broke.",
      embeds: [embed],
      attachments: [{ id: "1", filename: "BUG-12.log", size: 1 }],
    },
  };
  const incoming = await read(inGuild(2, menu("Fix with bugbot", { content: "", message_snapshots: [snapshot] })));
  expect(incoming).toMatchObject({
    command: {
      name: "fix",
      report: { text: "It broke.\nTypeError\nhttps://github.com/acme/shop\nin the cart\nUser: ann@acme.com" },
      references: {
        githubRepoUrl: "https://github.com/acme/shop",
        userEmail: "ann@acme.com",
        linearIssueId: "BUG-12",
      },
    },
  });
});
