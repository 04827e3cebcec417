import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, it } from "vitest";
import * as z from "zod";
import { type StandIn, startStandIn } from "../../local/stand-in.ts";
import { discordCommands } from "../../shared/discord-commands.ts";
import { createRunner, type Run, type Runner } from "../run-bugbot.ts";

const applicationId = "100000000000000001";
const guildId = "200000000000000002";
const commandsSchema = z.array(z.looseObject({ name: z.string() }));

let runner: Runner;
let discord: StandIn & { origin: string };
let registered: Record<string, unknown>[];

beforeEach(async () => {
  runner = await createRunner();
  registered = [];
  // Answers in Discord's words: its own fields beside those that were sent, and nothing in the order it was sent in.
  discord = await startStandIn({
    answer: async (request) => {
      if (request.method === "PUT") {
        registered = commandsSchema
          .parse(await request.json())
          .map(asDiscordHasIt)
          .toReversed();
      }
      return Response.json(registered);
    },
  });
});
afterEach(async () => {
  await discord.close();
  await runner.remove();
});

function asDiscordHasIt(command: Record<string, unknown>, index: number): Record<string, unknown> {
  return {
    id: String(900 + index),
    application_id: applicationId,
    version: "1",
    default_member_permissions: null,
    dm_permission: true,
    contexts: null,
    integration_types: [0],
    nsfw: false,
    name_localizations: null,
    description_localizations: null,
    description: "",
    ...command,
  };
}

function register(words = "", env: Record<string, string> = {}): Promise<Run> {
  const variables = { DISCORD_APPLICATION_ID: applicationId, DISCORD_BOT_TOKEN: "token.of.bot" };
  return runner.bugbot(`discord register ${words}`, { ...variables, DISCORD_API_URL: discord.origin, ...env });
}

const puts = () => discord.requests.filter(({ method }) => method === "PUT");

it("adds bugbot's commands, and prints the invite link with the permissions it asks for", async ({ expect }) => {
  const { code, stdout, stderr } = await register();
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(
    /added +\/bugbot\n +added +\/bm\n +added +Fix with bugbot\n +added +Contextualize with bugbot/,
  );
  expect(stdout).toContain(
    `https://discord.com/oauth2/authorize?client_id=${applicationId}&scope=bot+applications.commands&permissions=309237763136\n`,
  );
  expect(stdout).toContain("  Send Messages in Threads\n");
  expect(puts()).toMatchObject([
    {
      path: `/applications/${applicationId}/commands`,
      body: discordCommands,
      headers: { authorization: "Bot token.of.bot" },
    },
  ]);
  expect(stdout).not.toContain("token.of.bot");
});

it("sends nothing the second time, whatever order and defaults Discord answers with", async ({ expect }) => {
  await register();
  for (const command of registered) {
    for (const field of ["contexts", "options"]) {
      const list = command[field];
      if (Array.isArray(list)) command[field] = list.toReversed();
    }
  }
  const { code, stdout } = await register();
  expect(code).toBe(0);
  expect(stdout).toContain("Nothing differs, so nothing was sent.");
  expect(stdout).not.toMatch(/^ +(added|changed|removed) /m);
  expect(puts()).toHaveLength(1);
});

it("shows what has changed, and sends it", async ({ expect }) => {
  await register();
  registered = registered.map((command) => (command["name"] === "bm" ? { ...command, description: "Old" } : command));
  const { stdout } = await register();
  expect(stdout).toMatch(/changed +\/bm\n +description\n +- "Old"\n +\+ "Turn a bug report/);
  expect(stdout).toMatch(/unchanged +\/bugbot/);
  expect(puts()).toHaveLength(2);
  expect(registered.find(({ name }) => name === "bm")?.["description"]).toMatch(/^Turn a bug report/);
});

it("keeps another's command as it is, and takes back a menu of its own that is no more", async ({ expect }) => {
  const deploy = { type: 1, name: "deploy", description: "Ship it", default_member_permissions: "8", nsfw: true };
  registered = [asDiscordHasIt(deploy, 1), asDiscordHasIt({ type: 3, name: "Explain with bugbot" }, 2)];
  const { stdout } = await register();
  expect(stdout).toContain("/deploy (not bugbot's)");
  expect(stdout).toMatch(/removed +Explain with bugbot/);
  expect(registered).toHaveLength(discordCommands.length + 1);
  expect(registered).toContainEqual(expect.objectContaining(deploy));
  expect(puts()[0]?.body).not.toContainEqual(expect.objectContaining({ id: expect.anything() }));
});

it("registers in one server, once", async ({ expect }) => {
  await register(`--guild ${guildId}`);
  const { code, stdout } = await register(`--guild ${guildId}`);
  expect(code).toBe(0);
  expect(stdout).toContain(`in server ${guildId}`);
  expect(puts()).toMatchObject([{ path: `/applications/${applicationId}/guilds/${guildId}/commands` }]);
  expect(puts()[0]?.body).not.toContainEqual(expect.objectContaining({ contexts: expect.anything() }));
});

it("prints JSON", async ({ expect }) => {
  const { stdout } = await register("--json");
  expect(JSON.parse(stdout)).toMatchObject({
    applicationId,
    guildId: null,
    sent: true,
    added: ["/bugbot", "/bm", "Fix with bugbot", "Contextualize with bugbot"],
    changed: [],
    kept: [],
    invite: { permissions: expect.arrayContaining(["View Channels"]) },
  });
});

it("reads .dev.vars, and names what is missing in it", async ({ expect }) => {
  await writeFile(join(runner.folder, ".dev.vars"), `DISCORD_APPLICATION_ID="${applicationId}"\n`);
  const { code, stdout, stderr } = await runner.bugbot("discord register");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^error: Set DISCORD_BOT_TOKEN, in \.dev\.vars/);
});
