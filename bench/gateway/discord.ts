import { join } from "node:path";
import { buildWorkers } from "../../local/build-workers.ts";
import { createDiscord } from "../../local/discord.ts";
import type { Cleanup } from "../report/cleanup.ts";
import type { Section, Size } from "../report/report.ts";
import { temporaryFolder } from "../report/temporary-folder.ts";
import { compete, howMeasured, withoutFloodLimit } from "./contest.ts";

/** Signed slash commands at the gateway and at a Worker that does the least, in turns. */
export async function measureDiscord(cleanup: Cleanup, size: Size): Promise<Section> {
  const folder = await temporaryFolder(cleanup);
  await cleanup.start(() => buildWorkers(folder));
  const discord = await cleanup.start(
    () => createDiscord({ botToken: "bench" }),
    (started) => started.close(),
  );
  const key = { DISCORD_PUBLIC_KEY: discord.publicKey };
  const contenders = {
    bare: { path: join(import.meta.dirname, "bare-discord-worker.js"), variables: key },
    gateway: {
      path: join(folder, "gateway/index.js"),
      variables: {
        ...key,
        ...withoutFloodLimit,
        DISCORD_APPLICATION_ID: discord.applicationId,
        DISCORD_BOT_TOKEN: "bench",
        DISCORD_API_URL: discord.url,
      },
    },
  };
  const { asItIs } = await compete(
    { contenders, path: "/discord/interactions", createRequests: interactionMaker(discord), size },
    cleanup,
  );
  return {
    title: "Discord interaction: throughput and latency",
    lines: [asItIs],
    notes: [
      howMeasured(size),
      "The bare Worker checks Discord's Ed25519 signature, calls queue.send and defers the answer. No other call is made by either.",
    ],
  };
}

/** Makes slash commands as Discord sends them: signed, each with an id of its own. */
function interactionMaker({ slash, sign }: Awaited<ReturnType<typeof createDiscord>>) {
  const options = {
    text: "Pressing Apply twice takes the code off twice. Customers noticed.",
    issue: "BUG-12",
    repo: "acme/shop",
  };
  const { body: template, interactionId } = slash({ command: "bugbot", subcommand: "fix", options });
  let made = 0n;
  return (count: number) =>
    Array.from({ length: count }, () => {
      made += 1n;
      const body = template.replaceAll(interactionId, String(BigInt(interactionId) + made));
      return { body, headers: { "content-length": String(Buffer.byteLength(body)), ...sign(body) } };
    });
}
