import { verifyKey } from "discord-interactions";
import { describe, it } from "vitest";
import * as z from "zod";
import { createDiscord, type Discord, type SignedInteraction } from "../discord.ts";
import { type ApiClient } from "./api-client.ts";
import { bodyOf, useDiscord } from "./use-discord.ts";

let discord: Discord;
let client: ApiClient;
useDiscord((started) => ({ discord, call: client } = started));

const isSigned = ({ body, headers }: SignedInteraction, key = discord.publicKey) =>
  verifyKey(body, headers["x-signature-ed25519"] ?? "", headers["x-signature-timestamp"] ?? "", key);
const texts = (as?: { as?: string }) => discord.messages(discord.channelId, as).map(({ text }) => text);
const fix = (given = {}) => discord.slash({ command: "bugbot", subcommand: "fix", ...given });

describe("a signed request", () => {
  it("is what Discord's own library takes, and nothing else is", async ({ expect }) => {
    const signed = discord.ping();
    expect(discord.publicKey).toMatch(/^[0-9a-f]{64}$/);
    expect(await isSigned(signed)).toBe(true);
    expect(await isSigned({ ...signed, body: `${signed.body} ` })).toBe(false);
    const late = { ...signed.headers, "x-signature-timestamp": "1" };
    expect(await isSigned({ ...signed, headers: late })).toBe(false);
    const other = await createDiscord({ botToken: "bot-token" });
    expect(await isSigned(signed, other.publicKey)).toBe(false);
    await other.close();
    expect(discord.sign("{", 5)).toMatchObject({ "x-signature-timestamp": "5" });
  });

  it("is a PING, a slash command, a direct one", async ({ expect }) => {
    expect(bodyOf(discord.ping())).toMatchObject({ type: 1, application_id: discord.applicationId, version: 1 });
    const signed = fix({ options: { text: "the cart", count: 2, urgent: true } });
    expect(await isSigned(signed)).toBe(true);
    const body = bodyOf(signed);
    expect(body).toMatchObject({
      id: signed.interactionId,
      token: signed.token,
      type: 2,
      guild_id: discord.guildId,
      channel_id: discord.channelId,
      channel: { id: discord.channelId, type: 0 },
      member: { user: { id: discord.people.alice.id, username: "alice" } },
      authorizing_integration_owners: { "0": discord.guildId },
      context: 0,
      entitlements: [],
      data: {
        name: "bugbot",
        type: 1,
        options: [
          {
            name: "fix",
            type: 1,
            options: [
              { name: "text", type: 3, value: "the cart" },
              { name: "count", type: 4, value: 2 },
              { name: "urgent", type: 5, value: true },
            ],
          },
        ],
      },
    });
    expect(body).not.toHaveProperty("user");
    expect(body).not.toHaveProperty("message");
    const direct = bodyOf(fix({ direct: true, user: discord.people.bob.id }));
    expect(direct).toMatchObject({ user: { username: "bob" }, context: 1, channel: { type: 1 } });
    expect(direct).not.toHaveProperty("member");
    expect(direct).not.toHaveProperty("guild_id");
  });

  it("carries the message of a menu with its words, and the typed part of a completion", ({ expect }) => {
    const message = discord.say("the cart is empty");
    expect(bodyOf(discord.contextMenu("Fix with bugbot", message))).toMatchObject({
      type: 2,
      data: {
        type: 3,
        target_id: message.id,
        resolved: { messages: { [message.id]: { content: "the cart is empty" } } },
      },
    });
    const typed = { command: "bm", subcommand: "fix", options: { issue: "BU" }, focused: "issue" };
    expect(bodyOf(discord.autocomplete(typed))).toMatchObject({
      type: 4,
      data: { options: [{ options: [{ name: "issue", value: "BU", focused: true }] }] },
    });
  });

  it("is delivered again with the same body, and answered once", ({ expect }) => {
    const first = fix({ interactionId: "1200000000000000001" });
    const again = fix({ interactionId: "1200000000000000001" });
    expect([again.body, again.token]).toEqual([first.body, first.token]);
    expect(discord.applyResponse(first, { type: 4, data: { content: "On it" } })).toMatchObject({ kind: "message" });
    const second = discord.applyResponse(again, { type: 4, data: { content: "On it" } });
    expect(second).toMatchObject({ kind: "refused", error: { code: 40060 } });
    expect(texts()).toEqual(["On it"]);
  });

  it("is only what a person could do", async ({ expect }) => {
    const option = { type: 3, name: "text", description: "What", required: true };
    const command = {
      name: "bugbot",
      description: "Bugs",
      options: [{ type: 1, name: "fix", description: "Fix", options: [option] }],
    };
    const path = `/applications/${discord.applicationId}/guilds/${discord.guildId}/commands`;
    const { id } = z.object({ id: z.string() }).parse((await client("POST", path, command)).body);
    expect(bodyOf(fix({ options: { text: "x" } }))).toMatchObject({ data: { id, guild_id: discord.guildId } });
    expect(() => fix({ options: { text: "x", nope: "y" } })).toThrow("no option nope");
    expect(() => fix()).toThrow("needs its option text");
    expect(() => discord.slash({ command: "bugbot", subcommand: "dance" })).toThrow("no subcommand dance");
    const message = discord.say("the cart is empty");
    expect(() => discord.pressButton("retry", message)).toThrow("no button retry");
    expect(() => discord.submitModal("why", {})).toThrow("no modal why");
    expect(() => discord.contextMenu("Fix with bugbot", "1")).toThrow("no message 1");
  });
});
