/** What bugbot's Slack token must be allowed; slack/manifest.yaml says what for. */
export const slackScopes = [
  "app_mentions:read",
  "chat:write",
  "files:write",
  "commands",
  "channels:history",
  "groups:history",
  "im:history",
  "reactions:read",
  "reactions:write",
] as const;
