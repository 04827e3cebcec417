/** Discord refuses requests without one of this form: https://discord.com/developers/docs/reference#user-agent */
export const discordUserAgent = "DiscordBot (bugbot, 0.1.0)";
