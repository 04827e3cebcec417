import { styleText } from "node:util";
import { type Comparison, type Difference, labelOf } from "./compare.ts";
import type { Invite } from "./invite.ts";

export interface Report {
  applicationId: string;
  guildId: string | undefined;
  comparison: Comparison;
  /** Whether anything differed, and so was sent. */
  sent: boolean;
  invite: Invite;
}

/** The report as data, for `--json`. */
export function toJson({ applicationId, guildId, comparison, sent, invite }: Report): object {
  const { added, changed, removed, unchanged, foreign } = comparison;
  return {
    applicationId,
    guildId: guildId ?? null,
    sent,
    added: added.map(labelOf),
    changed: changed.map(({ command, differences }) => ({ command: labelOf(command), differences })),
    removed: removed.map(labelOf),
    unchanged: unchanged.map(labelOf),
    kept: foreign.map(labelOf),
    invite,
  };
}

/** The report for people, line by line. */
export function toLines({ applicationId, guildId, comparison, sent, invite }: Report): string[] {
  const { added, changed, removed, unchanged, foreign } = comparison;
  return [
    `Commands of application ${applicationId}, ${guildId ? `in server ${guildId}` : "in every server"}:`,
    "",
    ...added.map((command) => row("added", "green", labelOf(command))),
    ...changed.flatMap(({ command, differences }) => [
      row("changed", "yellow", labelOf(command)),
      ...differences.flatMap(describeDifference),
    ]),
    ...removed.map((command) => row("removed", "red", labelOf(command))),
    ...unchanged.map((command) => row("unchanged", "dim", labelOf(command))),
    ...foreign.map((command) => row("kept", "dim", `${labelOf(command)} (not bugbot's)`)),
    "",
    sent ? "Discord has them now." : "Nothing differs, so nothing was sent.",
    "",
    "Let bugbot into a server:",
    invite.url,
    "",
    "It asks for these permissions:",
    ...invite.permissions.map((permission) => `  ${permission}`),
  ];
}

type Colour = "green" | "yellow" | "red" | "dim";

function row(word: string, colour: Colour, text: string): string {
  return `  ${styleText(colour, word.padEnd(9))}  ${text}`;
}

function describeDifference({ field, before, after }: Difference): string[] {
  const indent = " ".repeat(15);
  return [
    `${indent}${field}`,
    ...(before === undefined ? [] : [`${indent}${styleText("red", `- ${before}`)}`]),
    ...(after === undefined ? [] : [`${indent}${styleText("green", `+ ${after}`)}`]),
  ];
}
