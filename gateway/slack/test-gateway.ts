import type { Command } from "../../shared/command.ts";
import { createGateway } from "../gateway.ts";
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
  const enqueued: Command[] = [];
  const opened: { triggerId: string; view: unknown }[] = [];
  const parsed: Incoming[] = [];
  const logged: string[] = [];
  const later: Promise<unknown>[] = [];
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
  const app = createGateway({
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
          acknowledge: async () => undefined,
        }),
      },
    ],
    enqueue: async (command) => enqueued.push(command),
    holdFlood: async () => false,
    health: async () => ({ status: "healthy", components: {} }),
    operate: () => Promise.reject(new Error("nobody operates here")),
    now: () => nowMs,
    log: (event) => logged.push(event),
  });
  const context = {
    waitUntil: (promise: Promise<unknown>) => void later.push(promise),
    passThroughOnException: () => undefined,
    props: {},
  };

  async function post(path: keyof typeof routes, body: string, signedWith = key): Promise<Response> {
    const timestamp = String(nowMs / 1000);
    const signed = encoder.encode(`v0:${timestamp}:${body}`);
    const digest = await crypto.subtle.sign("HMAC", signedWith, signed);
    const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
    const headers = { "x-slack-request-timestamp": timestamp, "x-slack-signature": `v0=${hex}` };
    return app.request(path, { method: "POST", body: encoder.encode(body), headers }, {}, context);
  }
  return { post, enqueued, opened, parsed, logged, settled: () => Promise.all(later) };
}

export function keyOf(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", encoder.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}
