import { createTestDoor } from "../test-door.ts";
import type { Incoming } from "../platform.ts";
import { createParseCommand } from "./parse-command.ts";
import { createParseEvent } from "./parse-event.ts";
import { createParseInteraction } from "./parse-interaction.ts";
import { createVerify } from "./verify.ts";

const encoder = new TextEncoder();
const apiUrl = "https://slack.com/api";
export const nowMs = 1_790_000_000_000;

/** The gateway with Slack's doors, whose calls to Slack are written down; for tests. */
export async function createTestGateway({ openFails = false, allowedBots = ["B1"] } = {}) {
  const opened: { triggerId: string; view: unknown }[] = [];
  const parsed: Incoming[] = [];
  const key = await keyOf("secret");
  const parseInteraction = createParseInteraction({
    apiUrl,
    openView: async (triggerId, view) => {
      if (openFails) throw new Error("expired_trigger_id");
      opened.push({ triggerId, view });
    },
  });
  const routes = {
    "/slack/events": createParseEvent(allowedBots),
    "/slack/commands": createParseCommand(apiUrl),
    "/slack/interactions": parseInteraction,
  };
  const { request, ...door } = createTestDoor({
    doors: [
      {
        name: "Slack",
        prefix: "/slack",
        state: { state: "on" },
        open: async () => ({
          verify: createVerify("secret"),
          routes: new Map(
            Object.entries(routes).map(([path, parse]) => [
              path,
              async (body, at) => {
                const incoming = await parse(body, at);
                parsed.push(incoming);
                return incoming;
              },
            ]),
          ),
          tell: () => undefined,
          acknowledge: async () => undefined,
        }),
      },
    ],
    now: () => nowMs,
  });

  async function post(path: keyof typeof routes, body: string, signedWith = key): Promise<Response> {
    const timestamp = String(nowMs / 1000);
    const signed = encoder.encode(`v0:${timestamp}:${body}`);
    const digest = await crypto.subtle.sign("HMAC", signedWith, signed);
    const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
    const headers = { "x-slack-request-timestamp": timestamp, "x-slack-signature": `v0=${hex}` };
    return request(path, { method: "POST", body: encoder.encode(body), headers });
  }
  return { ...door, post, opened, parsed };
}

export function keyOf(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", encoder.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}
