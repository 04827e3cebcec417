import { DiscordError } from "./errors.ts";
import type { Guild } from "./guild.ts";
import type { Interaction, Interactions } from "./interactions.ts";
import type { DiscordMessage } from "./message.ts";
import { shownMessage } from "./message-answers.ts";
import { ephemeralFlag, loadingFlag, readMessageForm } from "./message-form.ts";
import { editMessage } from "./message-routes.ts";
import { noContent, type Route } from "./rest.ts";

/** What an interaction's own token opens. https://discord.com/developers/docs/interactions/receiving-and-responding */
export function createInteractionRoutes(guild: Guild, { byId, respond, ofToken, answer }: Interactions): Route[] {
  /** One of the interaction's own messages, while it is there. */
  function messageOf(interaction: Interaction, messageId: string): DiscordMessage {
    const { original, messages } = interaction;
    const message =
      messageId === "@original" ? original : [...messages, original].find((each) => each?.id === messageId);
    if (!message || guild.findMessage(message.id) !== message) throw new DiscordError("unknown_message");
    return message;
  }

  const shown = (message: DiscordMessage) => Response.json(shownMessage(message, guild));

  const ofMessages = (name: string, part: string): Route[] => [
    {
      operation: `get_${name}`,
      pattern: `GET /webhooks/*/*/messages/${part}`,
      auth: "path",
      handle: (_, applicationId = "", token = "", messageId = "@original") =>
        shown(messageOf(ofToken(applicationId, token), messageId)),
    },
    {
      operation: `update_${name}`,
      pattern: `PATCH /webhooks/*/*/messages/${part}`,
      auth: "path",
      handle: ({ body }, applicationId = "", token = "", messageId = "@original") =>
        shown(editMessage(guild, messageOf(ofToken(applicationId, token), messageId), body)),
    },
    {
      operation: `delete_${name}`,
      pattern: `DELETE /webhooks/*/*/messages/${part}`,
      auth: "path",
      handle: (_, applicationId = "", token = "", messageId = "@original") => {
        guild.remove(messageOf(ofToken(applicationId, token), messageId));
        return noContent();
      },
    },
  ];

  return [
    {
      operation: "create_interaction_response",
      pattern: "POST /interactions/*/*/callback",
      auth: "path",
      handle: ({ body, query }, id = "", token = "") => {
        const interaction = byId.get(id);
        if (interaction?.token !== token) throw new DiscordError("unknown_interaction");
        const applied = respond(interaction, body);
        if (query.get("with_response") !== "true") return noContent();
        const message = "message" in applied ? applied.message : undefined;
        const type = applied.kind === "message" ? 4 : applied.kind === "updated" ? 7 : undefined;
        return Response.json({
          interaction: {
            id,
            type: interaction.type,
            channel_id: interaction.channelId,
            ...(message && {
              response_message_id: message.id,
              response_message_loading: (message.flags & loadingFlag) !== 0,
              response_message_ephemeral: (message.flags & ephemeralFlag) !== 0,
            }),
          },
          ...(message && type && { resource: { type, message: shownMessage(message, guild) } }),
        });
      },
    },
    {
      operation: "execute_webhook",
      pattern: "POST /webhooks/*/*",
      auth: "path",
      handle: ({ body }, applicationId = "", token = "") => {
        const interaction = ofToken(applicationId, token);
        const { original } = interaction;
        // Right after a deferred answer this edits it, and keeps whether it is ephemeral.
        if (original && (original.flags & loadingFlag) !== 0 && guild.findMessage(original.id) === original)
          return shown(editMessage(guild, original, body));
        const content = readMessageForm(body, guild, { flags: ephemeralFlag });
        return shown(answer(interaction, content, original?.id));
      },
    },
    ...ofMessages("original_webhook_message", "@original"),
    ...ofMessages("webhook_message", "*"),
  ];
}
