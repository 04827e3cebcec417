import { createTestDoor } from "../test-door.ts";
import { createDiscord } from "./discord.ts";
import { nowMs } from "./interaction-samples.ts";
import { createSigner } from "./sign-interaction.ts";

/** A gateway that Discord may knock at, and all that comes of it. For tests. */
export async function openDoor() {
  const signer = await createSigner();
  const parsed: string[] = [];

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
  const { request, ...door } = createTestDoor({
    doors: [
      {
        name: "Discord",
        prefix: "/discord",
        state: { state: "on" },
        open: async () => ({ ...discord, routes: new Map(routes) }),
      },
    ],
    now: () => nowMs,
  });
  const post = async (body: string, headers: Record<string, string>) =>
    request("/discord/interactions", { method: "POST", body, headers });
  return {
    ...door,
    parsed,
    post,
    /** Posts what Discord has signed. */
    interact: async (body: string) => post(body, await signer.sign(body, String(nowMs / 1000))),
  };
}
