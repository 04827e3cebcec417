import * as z from "zod/mini";
import { chatCommandNames } from "../../shared/grammar.ts";
import { isWork } from "../../shared/is-work.ts";
import { maxTextLength } from "../../shared/limits.ts";
import { linearIssueIds, linearIssueUrls } from "../../shared/references/linear.ts";
import { findReferences } from "../../shared/references/reference.ts";
import type { Incoming } from "../platform.ts";
import { deferring, tellAsker } from "./answers.ts";
import { commandFrom, type Interaction } from "./interaction.ts";
import { howToNameRepository, repositoryUrl } from "./repository-url.ts";

const optionSchema = z.object({ name: z.string(), value: z.optional(z.unknown()) });

/** `/bugbot` or `/bm`; its one option is the subcommand. */
export const slashCommandSchema = z.object({
  type: z.literal(1),
  name: z.enum(["bugbot", "bm"]),
  options: z.array(z.object({ type: z.literal(1), name: z.string(), options: z.nullish(z.array(optionSchema)) })),
});

/** Nothing when there is no such subcommand. */
export function parseSlashCommand(
  interaction: Interaction,
  { options: [subcommand] }: z.infer<typeof slashCommandSchema>,
): Incoming | undefined {
  const name = chatCommandNames().find((known) => known === subcommand?.name);
  if (!name) return undefined;
  const options = new Map((subcommand?.options ?? []).map((option) => [option.name, option.value]));
  const written = (option: string) => {
    const value = options.get(option);
    return typeof value === "string" ? value.trim() : "";
  };

  const text = written("text").slice(0, maxTextLength);
  const issue = linearIssue(written("issue"));
  if (written("issue") && !issue) {
    return refuse("I cannot read that as a Linear issue. Write its id, like `BUG-12`, or its URL.");
  }
  const repository = repositoryUrl(written("repo"));
  if (written("repo") && !repository) return refuse(howToNameRepository);

  const { linearIssueId, linearIssueUrl, ...others } = findReferences(`${repository ?? ""} ${text}`);
  const command = commandFrom(interaction, {
    name,
    // Bug reports and fixes are everyone's; the rest is between bugbot and the asker.
    ...(!isWork({ name }) && { forAsker: true }),
    text: [text, issue?.linearIssueUrl ?? issue?.linearIssueId, repository].filter(Boolean).join(" "),
    // The issue that was chosen, whatever the words mention besides.
    references: {
      ...(issue ?? { ...(linearIssueId && { linearIssueId }), ...(linearIssueUrl && { linearIssueUrl }) }),
      ...others,
    },
  });
  return deferring(command);
}

function refuse(why: string): Incoming {
  return { kind: "answer", answer: tellAsker(why) };
}

/** The issue a person chose or typed; `bug-12` is `BUG-12`. */
function linearIssue(written: string): { linearIssueId: string; linearIssueUrl?: string } | undefined {
  const [linked] = linearIssueUrls(written);
  if (linked) return { linearIssueId: linked.id, linearIssueUrl: linked.url };
  const [id] = linearIssueIds(written.toUpperCase());
  return id ? { linearIssueId: id } : undefined;
}
