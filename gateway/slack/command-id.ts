/** A command's id out of what Slack calls the same thing when it sends it again; hashed where it does not fit an id. */
export async function commandId(slackId: string): Promise<string> {
  if (/^[A-Za-z0-9_-]{1,80}$/.test(slackId)) return `slack-${slackId}`;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(slackId));
  return `slack-${Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
