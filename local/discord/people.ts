import { startThread } from "./channel-routes.ts";
import { type Guild, people } from "./guild.ts";
import type { DiscordMessage } from "./message.ts";
import { mentionsIn } from "./message-form.ts";
import { type PersonDoes, placeOf } from "./place.ts";

export interface PersonSays extends Omit<PersonDoes, "interactionId"> {
  /** Begin with a mention of the bot. */
  mentionBot?: boolean;
  /** The id of the message to reply to. */
  replyTo?: string;
  /** Whether the reply calls the message's author. Default true, as in Discord. */
  replyPing?: boolean;
  /** The same as `channel`, for a thread's id. */
  thread?: string;
  attachments?: { filename: string; contentType?: string; sizeBytes?: number; url?: string }[];
}

/** What people do in channels without the application being asked. */
export function createPeople(guild: Guild) {
  return {
    people,
    /** A message in a channel. The bot hears of it over the Gateway. */
    say: (text: string, says: PersonSays = {}): DiscordMessage => {
      const { user = people.alice.id, mentionBot, replyTo, replyPing = true, thread, attachments = [] } = says;
      const channel = placeOf(guild, thread === undefined ? says : { ...says, channel: thread });
      const content = mentionBot ? `<@${guild.bot.id}> ${text}` : text;
      const replied = replyTo === undefined ? undefined : channel.messages.find(({ id }) => id === replyTo);
      if (replyTo !== undefined && !replied) throw new Error(`there is no message ${replyTo} to reply to`);
      const mentions = mentionsIn(content, guild);
      const called = replied && replyPing ? [replied.authorId] : [];
      return guild.post(channel, {
        authorId: user,
        content,
        ...mentions,
        mentionIds: [...new Set([...mentions.mentionIds, ...called])],
        ...(replied && { type: 19, repliesTo: { channelId: channel.id, messageId: replied.id } }),
        attachments: attachments.map(({ filename, contentType = "application/octet-stream", sizeBytes = 1, url }) => {
          const id = guild.nextId();
          const at = url ?? `https://cdn.discordapp.com/attachments/${channel.id}/${id}/${filename}`;
          return { id, filename, contentType, sizeBytes, url: at };
        }),
      });
    },
    /** A person begins a thread at a message. */
    startThread: (message: { id: string }, name: string, { user = people.alice.id }: { user?: string } = {}) => {
      const found = guild.findMessage(message.id);
      if (!found) throw new Error(`there is no message ${message.id} to begin a thread at`);
      return startThread(guild, found, name, user);
    },
  };
}
