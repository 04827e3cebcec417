import { parseJson } from "../../shared/parse-json.ts";
import type { Commands } from "./command-routes.ts";
import { buttonsOf, type Component } from "./components.ts";
import { DiscordError } from "./errors.ts";
import { type Guild, people } from "./guild.ts";
import { createPayloads, type GivenOption } from "./interaction-payloads.ts";
import type { Applied } from "./callbacks.ts";
import type { Interactions } from "./interactions.ts";
import { type PersonDoes, placeOf } from "./place.ts";
import type { Sign } from "./signature.ts";
import type { DiscordMessage } from "./message.ts";

export interface SlashCommand extends PersonDoes {
  command: string;
  subcommand?: string;
  options?: Record<string, GivenOption>;
}

/** Ready to be POSTed to the gateway as it is. */
export interface SignedInteraction {
  body: string;
  headers: Record<string, string>;
  interactionId: string;
  token: string;
}

interface Parts {
  guild: Guild;
  commands: Commands;
  interactions: Interactions;
  sign: Sign;
}

/** The person's side: what they do in Discord comes out as the signed request Discord would send. */
export function createPerson({ guild, commands, interactions, sign }: Parts) {
  const payloads = createPayloads(guild, commands);
  const sent = new Map<string, { body: string; token: string }>();

  interface Deed {
    type: number;
    data: object;
    name?: string | undefined;
    message?: DiscordMessage | undefined;
    targetId?: string;
    triggeredBy?: Parameters<typeof interactions.begin>[0]["triggeredBy"];
  }

  function deliver({ data, message, ...deed }: Deed, does: PersonDoes): SignedInteraction {
    const { user = people.alice.id, interactionId } = does;
    const known = interactionId === undefined ? undefined : sent.get(interactionId);
    if (known && interactionId !== undefined) return { ...known, headers: sign(known.body), interactionId };
    const channel = placeOf(guild, message ? { channel: message.channelId, ...does } : does);
    const about = { ...deed, userId: user, channelId: channel.id, messageId: message?.id };
    const { id, token } = interactions.begin({ ...about, id: interactionId });
    const body = JSON.stringify(
      payloads.interaction({ id, token, type: deed.type, data, userId: user, channel, message }),
    );
    sent.set(id, { body, token });
    return { body, token, headers: sign(body), interactionId: id };
  }

  function messageOf(given: string | { id: string }): DiscordMessage {
    const id = typeof given === "string" ? given : given.id;
    const message = guild.findMessage(id);
    if (!message) throw new Error(`there is no message ${id} to act on`);
    return message;
  }

  return {
    /** Discord asking whether the endpoint is there. */
    ping: (): SignedInteraction => deliver({ type: 1, data: {} }, {}),
    /** `/bugbot <subcommand>`. Throws where the registered command has no such subcommand or option. */
    slash: (given: SlashCommand): SignedInteraction =>
      deliver(
        { type: 2, data: payloads.slash(given), name: [given.command, given.subcommand].join(" ").trim() },
        given,
      ),
    /** Apps › <name> on a message. */
    contextMenu: (name: string, on: string | { id: string }, does: PersonDoes = {}): SignedInteraction => {
      const message = messageOf(on);
      const data = payloads.contextMenu(name, message);
      return deliver({ type: 2, data, name, targetId: message.id }, { channel: message.channelId, ...does });
    },
    /** Typing into an option that completes itself. */
    autocomplete: (given: SlashCommand & { focused: string }): SignedInteraction =>
      deliver({ type: 4, data: payloads.slash(given, given.focused) }, given),
    /** Throws where the message has no such button to press. */
    pressButton: (customId: string, on: string | { id: string }, does: PersonDoes = {}): SignedInteraction => {
      const message = messageOf(on);
      const button = buttonsOf(message.components).find((each) => each.customId === customId && !each.disabled);
      if (!button) throw new Error(`message ${message.id} has no button ${customId} to press`);
      return deliver({ type: 3, data: payloads.button(customId, message), message }, does);
    },
    /** Throws where no such modal is open. */
    submitModal: (customId: string, values: Record<string, string>, does: PersonDoes = {}): SignedInteraction => {
      const modal = interactions.modals.get(customId);
      if (!modal) throw new Error(`no modal ${customId} is open`);
      const { triggeredBy } = modal;
      const message = triggeredBy.messageId === undefined ? undefined : guild.findMessage(triggeredBy.messageId);
      const from = { channel: modal.channelId, ...does };
      return deliver(
        { type: 5, data: payloads.modal(customId, fill(modal.components, values)), message, triggeredBy },
        from,
      );
    },
    /** Does with the endpoint's answer to a request what Discord does with it. */
    applyResponse: ({ interactionId }: SignedInteraction, answered: unknown): Applied => {
      const interaction = interactions.byId.get(interactionId);
      try {
        if (!interaction) throw new DiscordError("unknown_interaction");
        const callback = typeof answered === "string" ? parseJson(answered) : answered;
        if (callback === undefined) throw new DiscordError("invalid_json");
        return interactions.respond(interaction, callback);
      } catch (error) {
        if (error instanceof DiscordError) return { kind: "refused", error };
        throw error;
      }
    },
  };
}

function fill(components: Component[], values: Record<string, string>): object[] {
  return components.map(({ type, id, custom_id: customId, components: inner, component }) => ({
    type,
    id,
    ...(customId !== undefined && { custom_id: customId, value: values[customId] ?? "" }),
    ...(inner && { components: fill(inner, values) }),
    ...(component && { component: fill([component], values)[0] }),
  }));
}
