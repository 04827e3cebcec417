import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod/mini";
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
  const routes = (await readFile(join(checkout, "gateway/slack/slack.ts"), "utf8")).match(/(?<=\[")\/slack\/\w+/g);
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

it("declares bugbot as an agent where that is asked for, and changes nothing else", async ({ expect }) => {
  const plain: unknown = parse((await runner.bugbot(`slack manifest --url ${gateway}`)).stdout);
  const { stdout } = await runner.bugbot(`slack manifest --url ${gateway} --agent`);
  const agent = z.record(z.string(), z.unknown()).parse(parse(stdout));
  expect(agent).toMatchObject({
    features: { agent_view: { agent_description: expect.any(String) } },
    settings: { event_subscriptions: { bot_events: expect.arrayContaining(["agent_session_stopped"]) } },
    oauth_config: { scopes: { bot: expect.arrayContaining(["assistant:write"]) } },
  });
  const without = stdout
    .replace(/^ +agent_view:\n.*\n/m, "")
    .replace(/^ +- (?:assistant:write|agent_session_stopped)\n/gm, "");
  expect(parse(without)).toEqual(plain);
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
