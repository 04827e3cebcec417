import { readFile } from "node:fs/promises";
import { type Command, InvalidArgumentError } from "commander";
import { parse, parseDocument, stringify } from "yaml";
import * as z from "zod/mini";

const placeholder = "https://bugbot-gateway.example.workers.dev";
const optionsSchema = z.object({
  url: z.string(),
  json: z._default(z.boolean(), false),
  openLink: z._default(z.boolean(), false),
  agent: z._default(z.boolean(), false),
});

/** `bugbot slack manifest` */
export function addManifest(slack: Command): void {
  slack
    .command("manifest")
    .summary("print the app's manifest with your gateway's address")
    .description(
      "Prints the manifest of the Slack app with your gateway's address in it. Paste it at " +
        "https://api.slack.com/apps (Create New App, From a manifest), or into App Manifest of an app that exists.",
    )
    .requiredOption("--url <url>", "the gateway's https address", parseGatewayUrl)
    .option("--agent", "declare bugbot as an agent: Slack then shows its sessions, a stop button and streams")
    .option("--open-link", "add the link that opens Slack with the manifest filled in")
    .option("--json", "print the manifest as JSON; with --open-link { manifest, link }")
    .action(async (given: unknown) => {
      const { url, json, openLink, agent } = optionsSchema.parse(given);
      const plain = (await readFile(new URL("../../slack/manifest.yaml", import.meta.url), "utf8"))
        // Tells its reader to do what was just done.
        .replace(/^# The address in it .*\n/m, "")
        .replaceAll(placeholder, url);
      const yaml = agent ? declareAgent(plain) : plain;
      const manifest: unknown = parse(yaml);
      const link = `https://api.slack.com/apps?new_app=1&manifest_yaml=${encodeURIComponent(stringify(manifest))}`;
      if (json) console.log(JSON.stringify(openLink ? { manifest, link } : manifest, null, 2));
      else console.log(openLink ? `${yaml}# Create the app: ${link}` : yaml.trimEnd());
    });
}

/** https://docs.slack.dev/ai/agent-sessions */
function declareAgent(yaml: string): string {
  const manifest = parseDocument(yaml);
  const view = { agent_description: "Turns a bug report in a thread into evidence, and then into a pull request." };
  manifest.setIn(["features", "agent_view"], manifest.createNode(view));
  manifest.addIn(["oauth_config", "scopes", "bot"], "assistant:write");
  manifest.addIn(["settings", "event_subscriptions", "bot_events"], "agent_session_stopped");
  return manifest.toString();
}

/** The gateway's origin: the manifest adds the paths. */
function parseGatewayUrl(text: string): string {
  if (!URL.canParse(text)) throw new InvalidArgumentError("It is not a URL. Give it as https://host");
  const { protocol, origin, pathname, search, hash } = new URL(text);
  if (protocol !== "https:") {
    throw new InvalidArgumentError(
      "Slack needs https. To reach this machine, give the https address of a tunnel to it.",
    );
  }
  if (/[^/]/.test(pathname) || search || hash) {
    throw new InvalidArgumentError(`Give the gateway's address alone, ${origin}: the manifest adds the paths.`);
  }
  return origin;
}
