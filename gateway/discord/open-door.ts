import type { Command } from "../../shared/command.ts";
import { createGateway } from "../gateway.ts";
import { createDiscord } from "./discord.ts";
import { nowMs } from "./interaction-samples.ts";
import { createSigner } from "./sign-interaction.ts";

/** A gateway that Discord may knock at, and all that comes of it. For tests. */
export async function openDoor() {
  const signer = await createSigner();
  const parsed: string[] = [];
  const enqueued: Command[] = [];
  const logged: string[] = [];
  const later: Promise<unknown>[] = [];

  const discord = createDiscord({
    publicKey: signer.publicKey,
    suggest: async () => [{ name: "BUG-12 The total is wrong", value: "BUG-12" }],
    apiUrl: "https://discord.test/api/v10",
  });
  const routes = [...discord.routes].map(([path, parse]) => {
    const counted: typeof parse = (body, now) => {
      parsed.push(body);
      return parse(body, now);
    };
    return [path, counted] as const;
  });
  const app = createGateway({
    doors: [
      {
        name: "Discord",
        prefix: "/discord",
        state: { state: "on" },
        open: async () => ({ ...discord, routes: new Map(routes) }),
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

  const post = async (body: string, headers: Record<string, string>) =>
    app.request("/discord/interactions", { method: "POST", body, headers }, {}, context);
  return {
    parsed,
    enqueued,
    logged,
    post,
    /** Posts what Discord has signed. */
    interact: async (body: string) => post(body, await signer.sign(body, String(nowMs / 1000))),
    /** What was left for after the answer. */
    settled: () => Promise.all(later),
  };
}
