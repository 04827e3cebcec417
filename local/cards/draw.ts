import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import * as z from "zod";
import { sampleCard, sampleReply } from "../../consumer/evidence/sample-card.ts";
import { hostileFindings } from "../../consumer/evidence/sample-findings.ts";
import { writeIssueComment } from "../../consumer/evidence/write-issue-comment.ts";
import { drawReply } from "../../consumer/replies/discord-message.ts";
import { drawMessage, wordsOf } from "../../consumer/replies/slack-message.ts";
import { projectRoot } from "../project-root.ts";
import { createScript } from "../script.ts";
import { discordHtml } from "./discord-html.ts";
import { linearHtml } from "./linear-html.ts";
import { slackHtml } from "./slack-html.ts";

const values = z
  .object({ hostile: z.boolean(), out: z.string(), chromium: z.string() })
  .parse(
    createScript("run cards", "Draws a sample card as Linear, Slack and Discord show it. Needs Chromium.")
      .option("--hostile", "a card of words that try to be more than words", false)
      .option("--out <folder>", "where the pictures go", join(projectRoot, "docs/cards"))
      .option("--chromium <command>", "which browser draws them", "chromium")
      .parse()
      .opts(),
  );
const width = 760;
const card = sampleCard(values.hostile ? hostileFindings() : undefined);
const reply = sampleReply(card);
const pages = {
  linear: linearHtml(writeIssueComment(card)),
  slack: slackHtml(drawMessage(wordsOf(reply), reply)),
  discord: drawReply(reply).map(discordHtml).join(""),
};

const style = `
  body { margin: 0; padding: 14px; width: ${width - 28}px; font: 15px/1.46 "Liberation Sans", Arial, sans-serif; overflow-wrap: anywhere }
  a { text-decoration: none } .button { display: inline-block; margin: 8px 8px 0 0; padding: 4px 12px; border-radius: 6px; font-weight: bold; font-size: 14px }
  .app { font-size: 10px; padding: 1px 3px; border-radius: 3px } .fine { font-size: 12px; margin-top: 6px } .gap { height: 8px }
  .slack { color: #1d1c1d; white-space: pre-wrap } .slack a { color: #1264a3 } .slack .button { border: 1px solid #bbb } .slack .app { background: #ddd } .slack .fine { color: #616061 }
  .linear { color: #23252a; font-size: 12px; width: 610px } .linear a { color: #5e6ad2 } .linear h2, .linear h3 { margin: 12px 0 4px; font-size: 14px } .linear h2 { margin-top: 0; font-size: 17px }
  .linear p, .linear ul { margin: 4px 0 } .linear ul ul { margin: 0 } .linear .fold { margin: 0 0 4px 26px; color: #666 } .linear blockquote { margin: 4px 0; padding-left: 10px; border-left: 3px solid #ddd; color: #555 }
  body:has(.discord) { background: #313338 } .discord { color: #dbdee1 } .discord a { color: #00a8fc } .discord .button { background: #4e5058 } .discord .app { background: #5865f2 }
  .discord .fine { color: #949ba4 } .embed { background: #2b2d31; border-left: 4px solid; border-radius: 4px; padding: 10px 14px; margin-top: 6px; font-size: 14px }
  .slack ul { margin: 0; padding-left: 24px } .slack blockquote { margin: 4px 0; padding-left: 10px; border-left: 4px solid #ddd } .slack code { color: #c01343; border: 1px solid #ddd; border-radius: 3px } .slack pre { border: 1px solid #ddd; border-radius: 4px }
  code { background: #8882; padding: 0 3px } pre { background: #8882; padding: 8px; margin: 4px 0; white-space: pre-wrap } .discord code, .discord pre { background: #1e1f22 }
  .discord blockquote { margin: 0; padding-left: 10px; border-left: 4px solid #4e5058 } mark { background: #f00 }`;

const folder = join(projectRoot, ".wrangler/cards");
await mkdir(folder, { recursive: true });
for (const [name, body] of Object.entries(pages)) {
  const page = join(folder, `${name}.html`);
  const measure = "document.title = String(document.documentElement.scrollHeight)";
  await writeFile(
    page,
    `<!doctype html><meta charset="utf-8"><title></title><style>${style}</style><body>${body}<script>${measure}</script>`,
  );
  const url = pathToFileURL(page).href;
  const [, height = "600"] =
    /<title>(\d+)</.exec(await chromium([`--window-size=${width},50`, "--dump-dom", url])) ?? [];
  const picture = join(values.out, `${name}.png`);
  await chromium([`--window-size=${width},${height}`, `--screenshot=${picture}`, url]);
  console.log(picture);
}

async function chromium(given: string[]): Promise<string> {
  const quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-lcd-text"];
  return (await promisify(execFile)(values.chromium, [...quiet, ...given], { timeout: 60_000 })).stdout;
}
