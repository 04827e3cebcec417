import { measureCheckout } from "./checkout/checkout.ts";
import { measureCommand } from "./command/command.ts";
import { measureFollowUp } from "./command/follow-up.ts";
import { measureContainer } from "./container/container.ts";
import { measureEgress } from "./egress/egress.ts";
import { measureEvidence } from "./evidence/evidence.ts";
import { measureFixes } from "./fixes/fixes.ts";
import { measureDiscord } from "./gateway/discord.ts";
import { measureSlack } from "./gateway/slack.ts";
import { measureHistory } from "./history/history.ts";
import { measureLoad } from "./load/load.ts";
import type { Cleanup } from "./report/cleanup.ts";
import type { Section, Size } from "./report/report.ts";
import { measureStartup } from "./startup/startup.ts";

export interface Part {
  /** Measures one thing. What it starts is left to the cleanup. */
  measure: (cleanup: Cleanup, size: Size) => Promise<Section>;
  /** Whether `npm test` has the time for its small round; `npm run test:all` runs all of them. */
  isQuick: boolean;
}

/** What `npm run bench` measures, in this order. */
export const parts: ReadonlyMap<string, Part> = new Map([
  ["slack", { measure: measureSlack, isQuick: true }],
  ["discord", { measure: measureDiscord, isQuick: true }],
  ["startup", { measure: measureStartup, isQuick: false }],
  ["command", { measure: measureCommand, isQuick: true }],
  ["evidence", { measure: measureEvidence, isQuick: false }],
  ["load", { measure: measureLoad, isQuick: false }],
  ["history", { measure: measureHistory, isQuick: true }],
  ["container", { measure: measureContainer, isQuick: false }],
  ["checkout", { measure: measureCheckout, isQuick: true }],
  ["follow-up", { measure: measureFollowUp, isQuick: false }],
  ["egress", { measure: measureEgress, isQuick: false }],
  ["fixes", { measure: measureFixes, isQuick: false }],
]);
