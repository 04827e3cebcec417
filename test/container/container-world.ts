import { randomUUID } from "node:crypto";
import { workers } from "../../local/build-workers.ts";
import type { createAppKey } from "../../local/github/app-key.ts";
import type { ScriptedModel } from "../../local/stand-ins.ts";
import { conversationId } from "../../shared/conversation.ts";
import { createWorld, type WorldOptions } from "../world.ts";
import { buildId, containerPrefix, engine } from "./docker.ts";

/** Occurs in every credential and nowhere else. */
export const canary = `canary-${randomUUID()}`;

export const canaries = {
  signingSecret: `${canary}-slack-signing-secret`,
  botToken: `${canary}-slack-bot-token`,
  discordToken: `${canary}-discord-token`,
  linearKey: `${canary}-linear-key`,
  githubToken: `${canary}-github-token`,
  posthogKey: `${canary}-posthog-key`,
  anthropicKey: `${canary}-anthropic-key`,
};

/** Those that open nothing outside. */
const ownCanaries = {
  BUGBOT_CHECKPOINT_KEY: `${canary}-checkpoint-key`,
  BUGBOT_ADMIN_KEY: `${canary}-admin-key`,
};

/** How git's credential looks on the wire. */
export const encodedCanary = btoa(`x-access-token:${canary}`).slice(0, 60);

interface ContainerWorldOptions extends Pick<WorldOptions, "places" | "variables"> {
  /** Opens GitHub in place of the personal token. */
  githubApp?: ReturnType<typeof createAppKey>;
}

/** The outside world around both Workers and real containers, with the vendors' own URLs everywhere. */
export async function createContainerWorld(
  script?: ScriptedModel,
  { places = {}, variables, githubApp }: ContainerWorldOptions = {},
) {
  const world = await createWorld({
    credentials: { ...canaries, ...(githubApp && { githubApp }) },
    // Its socket is none of the sandbox's business.
    variables: { DISCORD_MENTIONS: "off", ...ownCanaries, ...variables },
    places,
    containers: { buildId, engine: engine ?? "" },
    ...(script && { script }),
  });
  const sandboxes = await world.workers.getDurableObjectNamespace("SANDBOX", workers.consumer.name);
  return {
    ...world,
    /** One conversation's Durable Object, and the name of its container. */
    sandbox(threadTs: string) {
      const id = sandboxes.idFromName(
        conversationId({
          platform: "slack",
          teamId: "T0ACME",
          channelId: world.channel,
          threadId: threadTs,
          messageId: threadTs,
        }),
      );
      return { stub: sandboxes.get(id), container: `${containerPrefix}${id.toString()}` };
    },
  };
}
export type ContainerWorld = Awaited<ReturnType<typeof createContainerWorld>>;
