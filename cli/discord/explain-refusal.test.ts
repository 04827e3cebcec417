import { afterEach, beforeEach, it } from "vitest";
import { type StandIn, startStandIn } from "../../local/stand-in.ts";
import { createRunner, type Run, type Runner } from "../run-bugbot.ts";

const guildId = "200000000000000002";
let runner: Runner;
let discord: StandIn & { origin: string };

beforeEach(async () => {
  runner = await createRunner();
  discord = await startStandIn({ answer: () => Response.json([]) });
});
afterEach(async () => {
  await discord.close();
  await runner.remove();
});

function register(words = "", env: Record<string, string> = {}): Promise<Run> {
  const variables = { DISCORD_APPLICATION_ID: "100000000000000001", DISCORD_BOT_TOKEN: "token.of.bot" };
  return runner.bugbot(`discord register ${words}`, { ...variables, DISCORD_API_URL: discord.origin, ...env });
}

it.for<[string, number, object, RegExp]>([
  ["a wrong token", 401, { message: "401: Unauthorized", code: 0 }, /401 \(Unauthorized\).*DISCORD_BOT_TOKEN.*\/bot/],
  ["another's token", 403, { message: "Missing Access", code: 50001 }, /DISCORD_BOT_TOKEN is not the token of appl/],
  ["a rate limit", 429, { message: "You are being rate limited.", retry_after: 12.3 }, /Wait 13 s, then run this/],
  ["an unknown application", 404, { message: "Unknown Application" }, /Check application 1\d+ of DISCORD_APPL/],
  ["an outage", 503, {}, /discordstatus\.com/],
  ["a refused command", 400, { message: "Invalid Form Body", errors: { 0: "why" } }, /Invalid Form Body.*"why"/],
])("says what to do about %s", async ([, status, body, sentence], { expect }) => {
  discord.fault("commands", { status, body });
  const { code, stdout, stderr } = await register();
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(sentence);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(discord.requests.filter(({ method }) => method !== "GET")).toEqual([]);
});

it("says which server to let bugbot into first", async ({ expect }) => {
  discord.fault("guilds", { status: 403, body: { message: "Missing Access" } });
  const { stderr } = await register(`--guild ${guildId}`);
  expect(stderr).toContain(`server ${guildId}. Let it in first: https://discord.com/oauth2/authorize?`);
});

it("says that Discord cannot be reached", async ({ expect }) => {
  const { code, stderr } = await register("", { DISCORD_API_URL: "http://127.0.0.1:1" });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: Discord does not answer at http:\/\/127\.0\.0\.1:1 \(.+\)\. Check .*DISCORD_API_URL/);
});

it("says so when what answers is not Discord", async ({ expect }) => {
  discord.fault("commands", { status: 200, body: "<html>" });
  const { code, stderr } = await register();
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringContaining("is not Discord's API. Check DISCORD_API_URL"),
  });
});
