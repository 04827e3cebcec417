/** What bugbot does in a server, as bits of https://discord.com/developers/docs/topics/permissions */
const permissions = {
  "View Channels": 10n,
  "Send Messages": 11n,
  "Send Messages in Threads": 38n,
  "Create Public Threads": 35n,
  "Embed Links": 14n,
  "Attach Files": 15n,
  "Read Message History": 16n,
  "Add Reactions": 6n,
};

export interface Invite {
  url: string;
  /** As Discord's settings name them. */
  permissions: string[];
}

/** The page on which a server's owner lets bugbot in. */
export function inviteTo(applicationId: string): Invite {
  const bitfield = Object.values(permissions).reduce((bits, bit) => bits | (1n << bit), 0n);
  const query = new URLSearchParams({
    client_id: applicationId,
    scope: "bot applications.commands",
    permissions: String(bitfield),
  });
  return { url: `https://discord.com/oauth2/authorize?${query.toString()}`, permissions: Object.keys(permissions) };
}
