import type { Script } from "../local/anthropic.ts";
import { demoScript } from "../local/demo-repository.ts";
import type { SignedInteraction } from "../local/discord.ts";
import type { SeenMessage } from "../local/discord/seen.ts";
import type { World } from "./world.ts";

/** A fix whose report says `case-slow` works until it is stopped. */
export const slowScript: Script = (call) => {
  if (!call.prompt.includes("case-slow")) return demoScript(call);
  const command = "sleep 55";
  return call.turn === 0 ? [{ tool: "Bash", input: { command, description: "Sleep" } }] : [{ text: "Awake." }];
};

/** Who asks bugbot in Discord, in one world. */
export function createAsker(here: () => World) {
  const slash = (subcommand: string, options: Record<string, string> = {}) =>
    here().discord.slash({ command: "bugbot", subcommand, options });
  const labels = ({ buttons }: SeenMessage) => buttons.map(({ label }) => label);

  /** What everybody sees of bugbot's, wherever it was said. */
  function bots(): SeenMessage[] {
    const { discord } = here();
    return [...discord.guild.channels.values()]
      .flatMap(({ id }) => discord.messages(id))
      .filter(({ author }) => author === "bugbot");
  }

  /** The newest message with such a button, and the button's id. */
  function withButton(label: string) {
    const message = bots().findLast((seen) => labels(seen).includes(label));
    const customId = message?.buttons.find((button) => button.label === label)?.customId;
    return message && customId !== undefined ? { message, customId } : undefined;
  }

  /** A later command passes the same queue: once it has ended, the repeated ones had their chance. */
  const letPass = () => here().ends(() => here().fromDiscord(slash("help")));

  /** Discord delivers an interaction once more, signed anew. */
  async function repeat({ body }: SignedInteraction): Promise<void> {
    const headers = here().discord.sign(body);
    const answer = await fetch(`${here().url}/discord/interactions`, { method: "POST", body, headers });
    if (answer.status !== 200) throw new Error(`the gateway answered ${answer.status}`);
  }

  let before = { pulls: 0, issues: 0 };
  function count() {
    const { github, linear, repository } = here();
    return { pulls: github.pullRequests(repository).length, issues: linear.workspace.issues.length };
  }

  return {
    /** Counts what is made from now on. */
    startCount: () => void (before = count()),
    made: () => {
      const { pulls, issues } = count();
      return { pulls: pulls - before.pulls, issues: issues - before.issues };
    },
    slash,
    labels,
    bots,
    withButton,
    repeat,
    letPass,
    fix: (text: string) => slash("fix", { text, repo: "acme/shop" }),
    /** What only alice sees, besides what everybody does. */
    whispers: (text: string) =>
      here()
        .discord.messages(here().discord.channelId, { as: here().discord.people.alice.id })
        .filter((seen) => seen.text.startsWith(text) && !bots().some(({ id }) => id === seen.id)),
    press: async (label: string): Promise<SignedInteraction> => {
      const { message, customId } = await here().until(() => withButton(label));
      const pressed = here().discord.pressButton(customId, message.id);
      await here().fromDiscord(pressed);
      return pressed;
    },
    deliverAgain: async (signed: SignedInteraction): Promise<void> => {
      await repeat(signed);
      await letPass();
    },
    /** How many commands of that name there ever were. */
    timesAsked: async (name: string): Promise<number> => {
      const db = await here().database();
      const found = db.prepare("SELECT count(*) AS number FROM commands WHERE name = ?").bind(name);
      return Number(await found.first<number>("number"));
    },
  };
}
