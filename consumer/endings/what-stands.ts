import type { GitHub } from "../clients/github.ts";
import { briefly, type Effect, type EffectOptions } from "../effect.ts";
import type { Conversations } from "../stores/conversations.ts";
import type { Ending } from "./ending.ts";

/** The pull request of a thread's fix when a command there ends, whichever command opened it. */
export type Standing =
  | { kind: "none" }
  /** Nobody can say now whether there is one. */
  | { kind: "unknown" }
  | {
      kind: "pull_request";
      name: string;
      url: string;
      state: "open" | "merged" | "closed" | "unknown";
      /** Where its branch stands, or stood when it was merged or closed; null where that is not known. */
      commit: string | null;
    };

interface FindStandingNeeds {
  conversations: Pick<Conversations, "find">;
  github: Pick<GitHub, "lastPullRequest"> | undefined;
  effect: Effect;
}

/** Asks GitHub; while it does not answer, what D1 remembers has to do. Never throws: a last word is said without it. `stage` is unique in a command. */
export async function findStanding(
  thread: string,
  stage: string,
  { conversations, github, effect }: FindStandingNeeds,
  options: EffectOptions = briefly,
): Promise<Standing> {
  try {
    return await effect(`look at what stands ${stage}`, ask, options);
  } catch {
    return await effect(`recall what stands ${stage}`, recall, briefly).catch((): Standing => ({ kind: "unknown" }));
  }

  async function ask(): Promise<Standing> {
    const { repository, branch } = await conversations.find(thread);
    if (repository === null || branch === null) return { kind: "none" };
    if (!github) return recall();
    const found = await github.lastPullRequest(repository, branch);
    if (!found) return { kind: "none" };
    const { number, url, state, commit } = found;
    return { kind: "pull_request", name: `Pull request #${number}`, url, state, commit };
  }

  async function recall(): Promise<Standing> {
    const { pullRequestUrl: url } = await conversations.find(thread);
    return url === null
      ? { kind: "unknown" }
      : { kind: "pull_request", name: "The pull request", url, state: "unknown", commit: null };
  }
}

/** A sentence of Markdown, such as `[Pull request #1](…) is open.`; empty where there is nothing to tell. `where` is the repository. */
export function standingInWords(standing: Standing, where?: string): string {
  if (standing.kind !== "pull_request") return "";
  const { name, url, state } = standing;
  const link = `[${name}](${url})${where === undefined ? "" : ` in ${where}`}`;
  return state === "unknown" ? `${link} was there before; I could not look at it now.` : `${link} is ${state}.`;
}

export interface Unpushed {
  where?: string;
  /** Whether something was pushed that may not stay. */
  isTakenBack?: boolean | undefined;
}

/** The same of a command that has left nothing on the branch: it says so, too. */
export function unpushedInWords(standing: Standing, { where, isTakenBack = false }: Unpushed = {}): string {
  const stands = standingInWords(standing, where);
  if (isTakenBack) return ["What was pushed is taken back.", stands].filter(Boolean).join(" ");
  if (standing.kind !== "none") return stands;
  return `Nothing was pushed${where === undefined ? "" : ` to ${where}`}.`;
}

/** How an ending leads to it. */
export function linkTo(standing: Standing): Pick<Ending, "pullRequestUrl" | "links"> {
  if (standing.kind !== "pull_request") return {};
  const { url } = standing;
  return { pullRequestUrl: url, links: [{ label: "Open pull request", url }] };
}
