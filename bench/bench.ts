import { Argument } from "commander";
import { createScript } from "../local/script.ts";
import { onInterrupt, requireNode24 } from "../local/process.ts";
import { measureCheckout } from "./checkout/checkout.ts";
import { measureCommand } from "./command/command.ts";
import { measureFollowUp } from "./command/follow-up.ts";
import { measureEvidence } from "./evidence/evidence.ts";
import { measureContainer } from "./container/container.ts";
import { measureEgress } from "./egress/egress.ts";
import { measureFixes } from "./fixes/fixes.ts";
import { measureDiscord } from "./gateway/discord.ts";
import { measureSlack } from "./gateway/slack.ts";
import { type Cleanup, createCleanup } from "./report/cleanup.ts";
import { render, type Section } from "./report/report.ts";
import { measureLoad } from "./load/load.ts";
import { measureStartup } from "./startup/startup.ts";

requireNode24();
const parts: ReadonlyMap<string, (cleanup: Cleanup) => Promise<Section>> = new Map([
  ["slack", measureSlack],
  ["discord", measureDiscord],
  ["startup", measureStartup],
  ["command", measureCommand],
  ["evidence", measureEvidence],
  ["load", measureLoad],
  ["container", measureContainer],
  ["checkout", measureCheckout],
  ["follow-up", measureFollowUp],
  ["egress", measureEgress],
  ["fixes", measureFixes],
]);
const [chosen] = createScript("run bench", "Measures speed and size beside a yardstick in the same run.")
  .addArgument(new Argument("[part]", "one of them, instead of all").choices([...parts.keys()]))
  .parse().args;
const measures = [...parts].filter(([name]) => chosen === undefined || name === chosen).map(([, measure]) => measure);

let cleanup = createCleanup();
onInterrupt(() => cleanup.run());
for (const measure of measures) {
  cleanup = createCleanup();
  try {
    console.log(render(await measure(cleanup)), "\n");
  } finally {
    await cleanup.run();
  }
}
