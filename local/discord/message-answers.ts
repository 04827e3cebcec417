import { integrationOwners, isoTime, shownChannel, shownUser, userOf } from "./channel-answers.ts";
import type { Guild } from "./guild.ts";
import type { DiscordAttachment, DiscordMessage, MessageInteraction } from "./message.ts";

/** A message as Discord shows it; to the application, without the words it has no right to read. */
export function shownMessage(message: DiscordMessage, guild: Guild, { readable = true, nested = false } = {}): object {
  const { id, channelId, type, flags, createdAt, editedAt, repliesTo, threadId, interaction, reactions } = message;
  const referenced = repliesTo && guild.findMessage(repliesTo.messageId);
  const thread = threadId === undefined ? undefined : guild.channels.get(threadId);
  const guildId = guild.channels.get(channelId)?.type === 1 ? {} : { guild_id: guild.guildId };
  return {
    type,
    content: readable ? message.content : "",
    mentions: message.mentionIds.map((userId) => shownUser(userOf(guild, userId))),
    mention_roles: message.mentionRoleIds,
    attachments: readable ? message.attachments.map(shownAttachment) : [],
    embeds: readable ? message.embeds.map((embed) => withoutNulls({ type: "rich", ...embed })) : [],
    timestamp: isoTime(createdAt),
    edited_timestamp: editedAt === undefined ? null : isoTime(editedAt),
    flags,
    components: readable ? message.components : [],
    id,
    channel_id: channelId,
    author: shownUser(userOf(guild, message.authorId)),
    pinned: false,
    mention_everyone: message.mentionEveryone,
    tts: false,
    ...(reactions.length > 0 && { reactions: reactions.map((each) => shownReaction(each, guild)) }),
    ...(repliesTo && {
      message_reference: { type: 0, channel_id: repliesTo.channelId, message_id: repliesTo.messageId, ...guildId },
    }),
    ...(repliesTo &&
      !nested && {
        referenced_message: referenced
          ? shownMessage(referenced, guild, { readable: readable && mayRead(referenced, guild), nested: true })
          : null,
      }),
    ...(thread && { thread: shownChannel(thread, guild) }),
    ...(message.authorId === guild.bot.id && { application_id: guild.applicationId }),
    ...(interaction && {
      webhook_id: guild.applicationId,
      interaction_metadata: shownInteraction(interaction, guild),
      ...(interaction.name !== undefined && {
        interaction: {
          id: interaction.id,
          type: interaction.type,
          name: interaction.name,
          user: shownUser(userOf(guild, interaction.userId)),
        },
      }),
    }),
  };
}

/** https://discord.com/developers/docs/events/gateway#message-content-intent */
export function mayRead(message: DiscordMessage, guild: Guild, granted = guild.messageContent): boolean {
  const isDirect = guild.channels.get(message.channelId)?.type === 1;
  return granted || isDirect || message.authorId === guild.bot.id || message.mentionIds.includes(guild.bot.id);
}

function shownInteraction(interaction: MessageInteraction, guild: Guild): object {
  const { id, type, userId, messageId, targetId, triggeredBy } = interaction;
  return {
    id,
    type,
    user: shownUser(userOf(guild, userId)),
    authorizing_integration_owners: integrationOwners(guild, false),
    ...(targetId && { target_message_id: targetId }),
    ...(type === 3 && { interacted_message_id: messageId }),
    ...(triggeredBy && { triggering_interaction_metadata: shownInteraction(triggeredBy, guild) }),
  };
}

function shownReaction({ emoji, userIds }: DiscordMessage["reactions"][number], guild: Guild) {
  const count = userIds.length;
  const details = { count, count_details: { burst: 0, normal: count }, burst_colors: [] };
  return { emoji: { id: null, name: emoji }, ...details, me_burst: false, me: userIds.includes(guild.bot.id) };
}

function shownAttachment({ id, filename, contentType, sizeBytes, url }: DiscordAttachment) {
  return { id, filename, size: sizeBytes, url, proxy_url: url, content_type: contentType };
}

function withoutNulls(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null));
}
