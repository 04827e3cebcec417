/** https://discord.com/developers/docs/reference#snowflakes */
const discordEpochMs = 1_420_070_400_000;

/** When a message on Slack was written, in ms since the epoch: its `ts` is the time in seconds. */
export function slackTime(ts: unknown): number | undefined {
  const seconds = typeof ts === "string" && /^\d{1,12}\.\d{1,9}$/.test(ts) ? Number(ts) : ts;
  return typeof seconds === "number" && Number.isFinite(seconds) ? Math.floor(seconds * 1000) : undefined;
}

/** When something on Discord was made, in ms since the epoch: its id begins with the time. */
export function discordTime(id: string): number | undefined {
  return /^\d{1,20}$/.test(id) ? Number(BigInt(id) >> 22n) + discordEpochMs : undefined;
}
