import { it } from "vitest";
import type { Command } from "../../shared/command.ts";
import { createAcknowledge } from "./acknowledge.ts";

const conversation = { platform: "discord", guildId: "1", channelId: "2", messageId: "3" } as const;
const interaction = { applicationId: "5", token: "secret", expiresAt: 0 };

function command(given: Command["conversation"]): Command {
  const author = { id: "4" };
  return { v: 1, id: "discord-3", name: "fix", text: "", conversation: given, author, references: {}, receivedAt: 0 };
}

function setUp({ botToken = "bot-token", status = 204 } = {}) {
  const requests: Request[] = [];
  const acknowledge = createAcknowledge(botToken, "https://discord.test/api/v10", async (input, init) => {
    requests.push(new Request(input, init));
    return new Response(null, { status });
  });
  return { requests, acknowledge };
}

it.for<[string, Command["conversation"], string]>([
  ["a mention", conversation, "2"],
  ["a mention in a thread", { ...conversation, threadId: "9" }, "9"],
])("puts 👀 on %s", async ([, given, channelId], { expect }) => {
  const { requests, acknowledge } = setUp();
  await acknowledge(command(given));
  expect(
    requests.map(({ method, url, headers }) => [
      method,
      url,
      headers.get("authorization"),
      headers.get("user-agent")?.startsWith("DiscordBot ("),
    ]),
  ).toEqual([
    [
      "PUT",
      `https://discord.test/api/v10/channels/${channelId}/messages/3/reactions/%F0%9F%91%80/@me`,
      "Bot bot-token",
      true,
    ],
  ]);
});

it.for<[string, Command["conversation"], string?]>([
  ["an interaction, whose answer is the sign", { ...conversation, interaction }],
  ["a command without a message", { platform: "discord", guildId: "1", channelId: "2" }],
  ["a mention when there is no bot token", conversation, ""],
  ["Slack's command", { platform: "slack", teamId: "T1", channelId: "C1", messageId: "1.2" }],
])("sends nothing for %s", async ([, given, botToken], { expect }) => {
  const { requests, acknowledge } = setUp(botToken === undefined ? {} : { botToken });
  await acknowledge(command(given));
  expect(requests).toEqual([]);
});

it("says so when Discord refuses", async ({ expect }) => {
  await expect(setUp({ status: 403 }).acknowledge(command(conversation))).rejects.toThrow("403");
});
