import * as z from "zod/mini";
import type { Answer } from "../platform.ts";
import { choices } from "./answers.ts";
import type { Interaction } from "./interaction.ts";

export type SuggestKind = "issue" | "repo";
export interface Choice {
  /** What the person sees. */
  name: string;
  /** What is sent when they choose it: an issue's id, or `owner/name`. */
  value: string;
}

export interface Typed {
  kind: SuggestKind;
  /** The words so far. */
  typed: string;
  /** The guild's id, `@me` in direct messages. */
  workspace: string;
  userId: string;
}

/** What fits the words typed so far. */
export type Suggest = (asked: Typed) => Promise<readonly Choice[]>;

/** Discord waits three seconds; the way there and back takes some of them. */
const suggestTimeoutMs = 2_000;
/** https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-choice-structure */
const maxChoices = 25;
const maxChoiceLength = 100;

const optionSchema = z.object({ name: z.string(), value: z.optional(z.unknown()), focused: z.optional(z.boolean()) });
const dataSchema = z.object({ options: z.array(z.object({ options: z.nullish(z.array(optionSchema)) })) });
const focusedSchema = z.object({ name: z.enum(["issue", "repo"]), value: z.string() });

/** Suggestions are a help only: a late or failed one is none. */
export async function suggestChoices({ data, conversation, user }: Interaction, suggest: Suggest): Promise<Answer> {
  const { data: read } = dataSchema.safeParse(data);
  const option = read?.options.flatMap(({ options }) => options ?? []).find(({ focused }) => focused);
  const focused = focusedSchema.safeParse(option);
  if (!focused.success) return choices([]);
  const { name: kind, value: typed } = focused.data;
  const asked = { kind, typed, workspace: conversation.guildId, userId: user.id };
  return choices(usable(await inTime(async () => suggest(asked))));
}

async function inTime(ask: () => Promise<readonly Choice[]>): Promise<readonly Choice[]> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<[]>((resolve) => {
    timer = setTimeout(() => resolve([]), suggestTimeoutMs);
  });
  try {
    return await Promise.race([ask(), late]);
  } catch {
    return [];
  } finally {
    clearTimeout(timer ?? null);
  }
}

/** Discord refuses all choices for one that breaks a rule. A name can be cut; a cut value would be another one. */
function usable(found: readonly Choice[]): Choice[] {
  return found
    .filter(({ name, value }) => name.trim() !== "" && value !== "" && value.length <= maxChoiceLength)
    .slice(0, maxChoices)
    .map(({ name, value }) => ({ name: cut(name), value }));
}

function cut(name: string): string {
  if (name.length <= maxChoiceLength) return name;
  return `${name.slice(0, maxChoiceLength - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
