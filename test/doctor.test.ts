import { afterAll, beforeAll, describe, it } from "vitest";
import * as z from "zod/mini";
import { createRunner, type Runner } from "../cli/run-bugbot.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
let runner: Runner;
beforeAll(async () => {
  [world, runner] = await Promise.all([createWorld({ variables: { BUGBOT_REPO: "acme/shop" } }), createRunner()]);
});
afterAll(async () => {
  await runner?.remove();
  await world?.close();
});

describe("bugbot doctor", () => {
  it("says what each credential may do, and what it was not told", async ({ expect }) => {
    const found = async (check: string) => {
      const { stdout } = await runner.bugbot("doctor --json", { BUGBOT_URL: world.url });
      const findings = z.array(z.object({ check: z.string(), state: z.string(), detail: z.string() }));
      const { state, detail } = findings.parse(JSON.parse(stdout)).find((one) => one.check === check) ?? {};
      return `${state}: ${detail}`;
    };
    const { slack, github, posthog, discord } = world;
    expect(await found("token: Slack")).toMatch(/^ok: good for acme, with every scope/);
    const slackScopes = slack.scopes.splice(0);
    expect(await found("token: Slack")).toMatch(/^warning: .*not said/);
    slack.scopes.push(...slackScopes.filter((scope) => scope !== "files:write"));
    expect(await found("token: Slack")).toBe("problem: lacks files:write");
    slack.scopes.push("files:write");

    expect(await found("token: GitHub")).toBe("ok: good, and may write to acme/shop");
    github.tokenScopes.splice(0);
    expect(await found("token: GitHub")).toMatch(/^warning: .*whether it may write there is not said/);
    github.tokenScopes.push("repo", "workflow");
    expect(await found("token: GitHub")).toMatch(/^warning: .*the scope workflow/);
    github.tokenScopes.splice(0, 2, "read:user");
    expect(await found("token: GitHub")).toBe("problem: on acme/shop it lacks the scope repo");
    github.tokenScopes.splice(0, 1, "repo");

    expect(await found("token: PostHog")).toMatch(/^ok/);
    posthog.scopes.splice(1);
    expect(await found("token: PostHog")).toMatch(/^problem: .*`session_recording:read`/);
    posthog.scopes.push("session_recording:read");

    expect(await found("token: Discord")).toMatch(/^warning: good; where its interactions go was not compared/);
    discord.application.interactionsEndpointUrl = `${world.url}/discord/interactions`;
    expect(await found("token: Discord")).toBe(
      `ok: good, and its interactions come to ${world.url}/discord/interactions`,
    );
    for (const path of ["/slack/events", "/slack/commands", "/slack/interactions", "/discord/interactions"])
      expect(await found(`webhook: ${path}`)).toMatch(/^ok/);
  });
});
