import { createHmac } from "node:crypto";

/** Ready to be POSTed to the gateway as it is. */
export interface SignedRequest {
  path: "/slack/events" | "/slack/commands" | "/slack/interactions";
  body: string;
  headers: Record<string, string>;
  contentType: string;
}

const json = "application/json";
const form = "application/x-www-form-urlencoded";

/** Signs what Slack sends, and sends the same body again under the same id. */
export function createSender(signingSecret: string) {
  const sent = new Map<string, { body: string; deliveries: number }>();

  /** https://docs.slack.dev/authentication/verifying-requests-from-slack */
  function sign(body: string, timestampSeconds = Math.floor(Date.now() / 1000)): Record<string, string> {
    const signature = createHmac("sha256", signingSecret).update(`v0:${timestampSeconds}:${body}`).digest("hex");
    return { "x-slack-request-timestamp": String(timestampSeconds), "x-slack-signature": `v0=${signature}` };
  }

  /** `id` is Slack's own of what happened; `write` is asked once for each. */
  function send(path: SignedRequest["path"], id: string, write: () => string): SignedRequest {
    const { body, deliveries } = sent.get(id) ?? { body: write(), deliveries: 0 };
    sent.set(id, { body, deliveries: deliveries + 1 });
    const isEvent = path === "/slack/events";
    const contentType = isEvent ? json : form;
    // Only events are announced as sent again.
    const again = isEvent &&
      deliveries > 0 && { "x-slack-retry-num": String(deliveries), "x-slack-retry-reason": "http_timeout" };
    return { path, body, contentType, headers: { "content-type": contentType, ...sign(body), ...again } };
  }

  return { sign, send };
}
export type Send = ReturnType<typeof createSender>["send"];
