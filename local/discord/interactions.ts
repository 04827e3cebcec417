import { randomBytes } from "node:crypto";
import { type Applied, callbackSchema, callbacksOf, type Modal } from "./callbacks.ts";
import type { Clock } from "./clock.ts";
import { DiscordError, formError, parseForm } from "./errors.ts";
import { type Guild, people } from "./guild.ts";
import type { DiscordMessage, MessageInteraction } from "./message.ts";
import { ephemeralFlag, loadingFlag, readMessageForm } from "./message-form.ts";
import { editMessage } from "./message-routes.ts";

// https://discord.com/developers/docs/interactions/receiving-and-responding
const tokenLifeMs = 15 * 60 * 1000;
const initialResponseMs = 3_000;

// https://discord.com/developers/docs/resources/message#message-object-message-types
const reply = 19;
const slashAnswer = 20;
const contextMenuAnswer = 23;

/** An interaction as Discord keeps it, with what became of it. */
export interface Interaction extends MessageInteraction {
  token: string;
  channelId: string;
  createdAt: number;
  passedMs: number;
  acknowledged: boolean;
  /** The message `@original` stands for. */
  original?: DiscordMessage;
  /** The bot's messages that answer it. */
  messages: DiscordMessage[];
}

export function createInteractions(guild: Guild, clock: Clock) {
  const byId = new Map<string, Interaction>();
  const modals = new Map<string, Modal>();

  function begin(given: Omit<MessageInteraction, "id"> & { id?: string | undefined; channelId: string }): Interaction {
    const { id = guild.nextId() } = given;
    const token = Buffer.from(`interaction:${id}:${randomBytes(60).toString("hex")}`).toString("base64url");
    const state = { acknowledged: false, messages: [], createdAt: clock.now(), passedMs: clock.passedMs() };
    const interaction = { ...given, ...state, id, token };
    byId.set(id, interaction);
    return interaction;
  }

  /** The bot's answer to an interaction, as a message. */
  function answer(interaction: Interaction, content: Partial<DiscordMessage>, repliesTo?: string): DiscordMessage {
    const { id, type, userId, name, messageId, targetId, triggeredBy, channelId } = interaction;
    const channel = guild.channels.get(channelId);
    if (!channel) throw new DiscordError("unknown_channel");
    const replied = repliesTo ?? messageId ?? targetId;
    const firstType =
      messageId !== undefined ? reply : targetId !== undefined ? contextMenuAnswer : type === 2 ? slashAnswer : 0;
    const message = guild.post(channel, {
      ...content,
      authorId: guild.bot.id,
      type: repliesTo === undefined ? firstType : reply,
      interaction: { id, type, userId, name, messageId, targetId, triggeredBy },
      ...(replied && { repliesTo: { channelId, messageId: replied } }),
      ...(((content.flags ?? 0) & ephemeralFlag) !== 0 && { ephemeralTo: userId }),
    });
    interaction.messages.push(message);
    return message;
  }

  /** Does what a callback says, once. Throws Discord's refusal. */
  function respond(interaction: Interaction, body: unknown): Applied {
    const callback = parseForm(callbackSchema, body);
    if (interaction.acknowledged) throw new DiscordError("already_acknowledged");
    if (clock.passedMs() - interaction.passedMs >= initialResponseMs) throw new DiscordError("unknown_interaction");
    const updatable = interaction.messageId === undefined ? undefined : guild.findMessage(interaction.messageId);
    const takes = callbacksOf[interaction.type] ?? [];
    if (!takes.includes(callback.type) || ([6, 7].includes(callback.type) && !updatable))
      throw formError(["type"], "BASE_TYPE_CHOICES", `Value must be one of {${takes.join(", ")}}.`);
    const applied = apply();
    interaction.acknowledged = true;
    return applied;

    function apply(): Applied {
      switch (callback.type) {
        case 1:
          return { kind: "pong" };
        case 4: {
          const content = readMessageForm(callback.data, guild, { flags: ephemeralFlag });
          interaction.original = answer(interaction, content);
          return { kind: "message", message: interaction.original };
        }
        case 5: {
          const flags = loadingFlag | ((callback.data?.flags ?? 0) & ephemeralFlag);
          interaction.original = answer(interaction, { flags });
          return { kind: "deferred", message: interaction.original };
        }
        case 6:
          if (updatable) interaction.original = updatable;
          return { kind: "deferred_update" };
        case 7: {
          if (!updatable) throw new DiscordError("unknown_message");
          interaction.original = editMessage(guild, updatable, callback.data);
          return { kind: "updated", message: updatable };
        }
        case 8:
          return { kind: "choices", choices: callback.data.choices };
        case 9: {
          const { custom_id: customId, title, components } = callback.data;
          const modal = { customId, title, components, channelId: interaction.channelId, triggeredBy: interaction };
          modals.set(customId, modal);
          return { kind: "modal", modal };
        }
        default:
          return callback satisfies never;
      }
    }
  }

  /** The interaction a webhook's token belongs to. */
  function ofToken(applicationId: string, token: string): Interaction {
    if (applicationId !== guild.applicationId) throw new DiscordError("unknown_webhook");
    const known = [...byId.values()].find((each) => each.token === token);
    if (!known && guild.acceptUnknown) {
      const channelId = [...guild.channels.keys()][0] ?? "";
      const unseen = begin({ type: 2, userId: people.alice.id, channelId });
      Object.assign(unseen, { token });
      respond(unseen, { type: 5 });
      return unseen;
    }
    if (!known || clock.now() - known.createdAt >= tokenLifeMs) throw new DiscordError("invalid_webhook_token");
    if (!known.acknowledged) throw new DiscordError("unknown_webhook");
    return known;
  }

  return { byId, modals, begin, answer, respond, ofToken, expire: () => clock.pass(tokenLifeMs) };
}
export type Interactions = ReturnType<typeof createInteractions>;
