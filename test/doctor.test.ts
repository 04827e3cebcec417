import { afterAll, beforeAll, describe, it } from "vitest";
import * as z from "zod/mini";
import { createHealth } from "../gateway/health.ts";
import { createTestDoor } from "../gateway/test-door.ts";
import { startStandIn } from "../local/stand-in.ts";
import { createRunner, type Runner } from "../cli/run-bugbot.ts";
import { webPage } from "../local/stand-in.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
let runner: Runner;
beforeAll(async () => {
  [world, runner] = await Promise.all([
    createWorld({ variables: { BUGBOT_ALLOWED_REPOS: "acme/*,acme/shop" } }),
    createRunner(),
  ]);
});
afterAll(async () => {
  await runner?.remove();
  await world?.close();
});

const findingsSchema = z.array(
  z.object({ check: z.string(), state: z.string(), detail: z.string(), todo: z.string() }),
);

/** What doctor finds wrong, and with which code it ends. */
async function wrong(url: string, env: Record<string, string> = {}) {
  const { code, stdout } = await runner.bugbot("doctor --json", { BUGBOT_URL: url, ...env });
  const found = findingsSchema.parse(JSON.parse(stdout));
  const named = (state: string) => found.filter((one) => one.state === state).map(({ check }) => check);
  return { code, found, problems: named("problem"), all: found.map(({ check }) => check) };
}

describe("bugbot doctor", () => {
  it("says what each credential may do, and what it was not told", async ({ expect }) => {
    const found = async (check: string) => {
      const { state, detail } = (await wrong(world.url)).found.find((one) => one.check === check) ?? {};
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

  it("takes no trouble of a vendor's for a credential that it refuses", async ({ expect }) => {
    const { slack, discord, linear, github, posthog, anthropic } = world;
    const tokens = async () => {
      const { code, found } = await wrong(world.url);
      return { code, tokens: found.filter(({ check }) => check.startsWith("token: ")) };
    };
    const all = (status: number) => {
      discord.fault("/applications/@me", { status });
      linear.fault(() => true, { status });
      github.fault("/repos/acme/shop", { status });
      posthog.fault("/query/", { status });
      anthropic.fault("/v1/models", { status });
    };
    for (const [status, error] of [
      [503, "internal_error"],
      [429, "ratelimited"],
      [400, "fatal_error"],
    ] as const) {
      all(status);
      slack.fault("auth.test", { status: 200, body: { ok: false, error } });
      const trouble = await tokens();
      expect(trouble.tokens.map(({ state }) => state)).toEqual(Array(6).fill("warning"));
      expect(JSON.stringify(trouble.tokens)).not.toMatch(/Reset|Install|Check|refuse|variables/);
      for (const { todo } of trouble.tokens) expect(todo).toMatch(/again/);
    }
    slack.fault("auth.test", { status: 503, body: "<html>" });
    expect((await tokens()).tokens).toContainEqual(
      expect.objectContaining({ check: "token: Slack", state: "warning", detail: expect.stringContaining("HTTP 503") }),
    );

    slack.fault("auth.test", webPage);
    anthropic.fault("/v1/models", webPage);
    const pages = (await tokens()).tokens.filter(({ check }) => /Slack|model/.test(check));
    expect(pages.map(({ state, detail }) => `${state}: ${detail}`)).toEqual([
      "warning: Slack does not answer.",
      "warning: it answers, but lists no models",
    ]);

    all(401);
    slack.fault("auth.test", { status: 200, body: { ok: false, error: "token_revoked" } });
    const refused = await tokens();
    expect(refused.code).toBe(1);
    expect(refused.tokens.map(({ state, detail }) => `${state} ${detail}`)).toEqual(
      Array(6).fill(expect.stringMatching(/^problem .*refuses/)),
    );
  });

  it("finds a command past its limits, and none where its lease or an approval gives it time", async ({ expect }) => {
    const db = await world.database();
    const [hour, now] = [3_600_000, Date.now()];
    const watchdog = async () => (await wrong(world.url)).found.find(({ check }) => check === "watchdog")?.state;
    await db
      .prepare(
        `INSERT INTO commands (id, name, text, conversation_id, author_id, received_at, started_at)
         VALUES ('old', 'fix', '', 'slack:T1:C1:1.1', 'U1', ?1, ?1)`,
      )
      .bind(now - 3 * hour)
      .run();
    const states = [await watchdog()];
    await db
      .prepare("INSERT INTO approvals (command_id, conversation_id, plan, expires_at) VALUES ('old', 'x', 'x', ?)")
      .bind(now + 20 * hour)
      .run();
    states.push(await watchdog());
    await db
      .prepare("UPDATE approvals SET decision = 'approved', decided_at = ?")
      .bind(now - 2 * hour)
      .run();
    states.push(await watchdog());
    await db
      .prepare(
        "INSERT INTO leases (id, command_id, repository, branch, models, expires_at) VALUES ('l', 'old', 'a/b', 'b', '[]', ?)",
      )
      .bind(now + hour)
      .run();
    states.push(await watchdog());
    await db.batch(["commands", "approvals", "leases"].map((table) => db.prepare(`DELETE FROM ${table}`)));
    expect(states).toEqual(["problem", "ok", "problem", "ok"]);
  });

  it("says what it finds without the database, though its own key is kept there", async ({ expect }) => {
    const { stdout } = await runner.bugbot("keys create --name doctor --json", { BUGBOT_URL: world.url });
    const { key: BUGBOT_API_KEY } = z.object({ key: z.string() }).parse(JSON.parse(stdout));
    const db = await world.database();
    const rename = (from: string, to: string) => db.prepare(`ALTER TABLE ${from} RENAME TO ${to}`);
    await db.batch([rename("commands", "lost"), rename("api_keys", "lost_keys")]);
    const down = await world.until(async () => {
      const seen = await wrong(world.url, { BUGBOT_API_KEY });
      return seen.problems.includes("health") ? seen : undefined;
    });
    await db.batch([rename("lost", "commands"), rename("lost_keys", "api_keys")]);
    expect(down).toMatchObject({ code: 1, problems: ["health", "health: database", "API"] });
    expect(down.all).toContain("webhook: /slack/events");
    expect(down.found.find(({ check }) => check === "health: database")?.todo).toContain("migrations apply");
    expect(down.all.filter((check) => check.startsWith("token: "))).toEqual([]);
  });

  it("says that Discord's socket was refused, why, and what to do", async ({ expect }) => {
    world.discord.gateway.closeWith(4014);
    const refused = await world.until(async () => {
      const seen = await wrong(world.url);
      return seen.problems.includes("health: discordMentions") ? seen : undefined;
    });
    expect(refused.code).toBe(1);
    expect(refused.found).toContainEqual({
      check: "health: discordMentions",
      state: "problem",
      detail: expect.stringContaining("4014"),
      todo: expect.stringContaining("within an hour"),
    });
    expect(refused.found).toContainEqual(expect.objectContaining({ check: "health", state: "warning" }));
  });

  it("ends with 1 where no chat platform is set up, and tries a token that no repository is named for", async ({
    expect,
  }) => {
    const names = [
      "SLACK_SIGNING_SECRET",
      "SLACK_BOT_TOKEN",
      "DISCORD_PUBLIC_KEY",
      "DISCORD_APPLICATION_ID",
      "DISCORD_BOT_TOKEN",
    ];
    const deaf = await createWorld({ variables: Object.fromEntries(names.map((name) => [name, ""])) });
    const { code, found } = await wrong(deaf.url);
    deaf.github.fault("GET /rate_limit", { status: 401 });
    const refused = await wrong(deaf.url).finally(() => deaf.close());
    expect(code).toBe(1);
    const tokenOf = (findings: typeof found) => findings.find(({ check }) => check === "token: GitHub");
    expect(tokenOf(found)).toMatchObject({ state: "warning", detail: expect.stringMatching(/^good/) });
    expect(tokenOf(refused.found)).toMatchObject({ state: "problem", detail: expect.stringContaining("GITHUB_TOKEN") });
    const health = found.find(({ check }) => check === "health");
    expect(health).toMatchObject({ state: "problem", detail: expect.stringMatching(/^unhealthy: .*slack is off/) });
    for (const name of names) expect(health?.todo).toContain(name);
  });

  it("says so where the consumer Worker is gone, as every command does", async ({ expect }) => {
    const gone = () => Promise.reject(new Error("there is no such Worker"));
    const doors = ["slack", "discord"].map((name) => {
      return { name, prefix: `/${name}`, state: { state: "off" as const, turnOn: ["X"] }, open: gone };
    });
    const health = createHealth({
      doors,
      consumer: gone,
      mentions: async () => undefined,
      wrongSettings: async () => [],
      now: Date.now,
    });
    const { request } = createTestDoor({ doors, now: Date.now, operate: gone, health });
    const gateway = await startStandIn({
      answer: (asked, { method, path }) => request(path, { method, headers: asked.headers }),
    });
    try {
      const { code, problems, found } = await wrong(gateway.origin);
      expect({ code, problems }).toEqual({ code: 1, problems: ["health", "health: consumer", "API"] });
      expect(found.find(({ check }) => check === "API")?.detail).toContain("consumer Worker cannot be reached");
      const listed = await runner.bugbot("tasks list", { BUGBOT_URL: gateway.origin });
      expect(listed).toMatchObject({
        code: 1,
        stdout: "",
        stderr: expect.stringContaining("consumer Worker cannot be reached"),
      });
    } finally {
      await gateway.close();
    }
  });
});
