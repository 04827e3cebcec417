import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, it } from "vitest";
import { parse } from "yaml";
import { chatCommandNames } from "../../shared/grammar.ts";
import { checkout, createRunner, type Runner } from "../run-bugbot.ts";

let runner: Runner;
beforeAll(async () => {
  runner = await createRunner();
});
afterAll(() => runner.remove());

const gateway = "https://bugbot-gateway.acme.workers.dev";

it("has the gateway's address everywhere, at routes the gateway has", async ({ expect }) => {
  const { code, stdout } = await runner.bugbot(`slack manifest --url ${gateway}/`);
  const urls = stdout.match(/https:\/\/[^\s"]+/g)?.filter((url) => !url.startsWith("https://docs.slack.dev/")) ?? [];
  const routes = (await readFile(join(checkout, "gateway/slack/slack.ts"), "utf8")).match(/(?<=")\/slack\/\w+/g);
  expect(code).toBe(0);
  expect(routes).toHaveLength(3);
  expect(new Set(urls)).toEqual(new Set(routes?.map((path) => gateway + path)));
  expect(stdout).not.toContain("example");
});

it("asks for the scope of each event, and has the shortcut the gateway knows", async ({ expect }) => {
  const { stdout } = await runner.bugbot(`slack manifest --url ${gateway}`);
  expect(parse(stdout)).toMatchObject({
    settings: { event_subscriptions: { bot_events: ["app_mention", "message.im", "reaction_added"] } },
    oauth_config: {
      scopes: { bot: expect.arrayContaining(["app_mentions:read", "im:history", "reactions:read", "commands"]) },
    },
    features: { shortcuts: [{ type: "message", name: "Fix with bugbot", callback_id: "fix_with_bugbot" }] },
  });
});

it("hints at every command there is", async ({ expect }) => {
  const { stdout } = await runner.bugbot(`slack manifest --url ${gateway}`);
  const usage_hint = expect.stringMatching(new RegExp(`^${chatCommandNames().join(" \\| ")} `));
  expect(parse(stdout)).toMatchObject({
    features: {
      slash_commands: [
        { command: "/bugbot", usage_hint },
        { command: "/bm", usage_hint },
      ],
    },
  });
});

it("prints JSON, and the link that opens Slack with it", async ({ expect }) => {
  const yaml = await runner.bugbot(`slack manifest --url ${gateway}`);
  const json = await runner.bugbot(`slack manifest --url ${gateway} --json`);
  const withLink = await runner.bugbot(`slack manifest --url ${gateway} --json --open-link`);
  const manifest: unknown = parse(yaml.stdout);
  expect(JSON.parse(json.stdout)).toEqual(manifest);
  expect(JSON.parse(withLink.stdout)).toEqual({
    manifest,
    link: expect.stringMatching(/^https:\/\/api\.slack\.com\//),
  });

  const { stdout } = await runner.bugbot(`slack manifest --url ${gateway} --open-link`);
  const link = new URL(stdout.match(/https:\/\/api\.slack\.com\/apps\?new_app=1&\S+/)?.[0] ?? "");
  expect(parse(link.searchParams.get("manifest_yaml") ?? "")).toEqual(manifest);
  expect(parse(stdout)).toEqual(manifest);
});

it.for<[string, RegExp]>([
  ["http://localhost:8787", /Slack needs https\. .*tunnel/],
  [`${gateway}/slack/events`, /Give the gateway's address alone, https:\/\/bugbot-gateway\.acme\.workers\.dev:/],
  ["bugbot", /It is not a URL/],
])("does not take %s", async ([url, sentence], { expect }) => {
  const { code, stdout, stderr } = await runner.bugbot(`slack manifest --url ${url}`);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(sentence);
});
