import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import * as z from "zod";
import { createDiscord } from "../local/discord.ts";
import { projectRoot } from "../local/project-root.ts";
import { startStandIn } from "../local/stand-in.ts";

const botToken = "bot-token";
const reportSchema = z.object({
  state: z.string(),
  reason: z.string().optional(),
  identifiesToday: z.number(),
  sequence: z.number().optional(),
});
const commandSchema = z.object({ id: z.string(), name: z.string(), text: z.string() });

/** Bundles the Durable Object with quick timers, once for a test file. Returns the folder, to be removed. */
async function buildMentions(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "bugbot-mentions-"));
  const config = join(folder, "wrangler.toml");
  const main = fileURLToPath(import.meta.resolve("../gateway/discord/mentions-fixture.ts"));
  await writeFile(config, `name = "mentions"\nmain = ${JSON.stringify(main)}\ncompatibility_date = "2026-10-01"\n`);
  const wrangler = join(projectRoot, "node_modules/wrangler/bin/wrangler.js");
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_LOG_PATH: join(folder, "logs"), CI: "1" };
  const parameters = [wrangler, "deploy", "--dry-run", "--config", config, "--outdir", join(folder, "out")];
  await promisify(execFile)(process.execPath, parameters, { cwd: projectRoot, env });
  return folder;
}

/** The Durable Object in workerd, Discord as its stand-in, and a queue that can be down. */
async function createMentionsWorld(bundle: string, { heartbeatIntervalMs = 10_000 } = {}) {
  const discord = await createDiscord({ botToken, heartbeatIntervalMs });
  /** What the queue took. What it was offered is in `queue.requests`. */
  const commands: z.infer<typeof commandSchema>[] = [];
  const queue = await startStandIn({
    answer: (_request, { body }) => {
      commands.push(commandSchema.parse(body));
      return new Response("ok");
    },
  });
  const storage = await mkdtemp(join(tmpdir(), "bugbot-mentions-state-"));

  const options = (changed: Record<string, string> = {}) =>
    convertV4MiniflareOptions({
      name: "mentions",
      modules: true,
      modulesRoot: join(bundle, "out"),
      scriptPath: join(bundle, "out/mentions-fixture.js"),
      compatibilityDate: "2026-10-01",
      cf: false,
      log: new Log(LogLevel.NONE),
      handleStructuredLogs: () => undefined,
      resourcePersistencePath: storage,
      durableObjects: { MENTIONS: { className: "QuickMentions", useSQLite: true } },
      bindings: {
        DISCORD_BOT_TOKEN: botToken,
        DISCORD_API_URL: discord.url,
        QUEUE_URL: queue.origin,
        ...changed,
      },
    });
  const workers = new Miniflare(options());

  async function call(path: string) {
    const response = await workers.dispatchFetch(`http://mentions${path}`);
    return reportSchema.parse(await response.json());
  }

  const mention = (words: string) => discord.say(words, { mentionBot: true });

  return {
    discord,
    gateway: discord.gateway,
    queue,
    commands,
    mention,
    ensure: () => call("/ensure"),
    state: () => call("/state"),
    evict: async () => void (await workers.dispatchFetch("http://mentions/evict")),
    /** The same object, deployed anew with other variables. */
    configure: (changed: Record<string, string>) => workers.setOptions(options(changed)),
    until: async (name: string) => {
      await expect.poll(async () => (await call("/state")).state, { timeout: 20_000 }).toBe(name);
    },
    heard: async (...texts: string[]) => {
      await expect.poll(() => commands.map(({ text }) => text), { timeout: 20_000 }).toEqual(texts);
    },
    close: async () => {
      await workers.dispose();
      await Promise.all([discord.close(), queue.close(), rm(storage, { recursive: true, force: true })]);
    },
  };
}
export type MentionsWorld = Awaited<ReturnType<typeof createMentionsWorld>>;

/** A new world for each test of a file. What it returns starts another one in the middle of a test, with other options. */
export function useMentions(set: (world: MentionsWorld) => void) {
  let bundle = "";
  let world: MentionsWorld | undefined;
  async function start(options: Parameters<typeof createMentionsWorld>[1] = {}): Promise<void> {
    await world?.close();
    world = await createMentionsWorld(bundle, options);
    set(world);
  }
  beforeAll(async () => {
    bundle = await buildMentions();
  });
  beforeEach(() => start());
  afterEach(async () => {
    await world?.close();
    world = undefined;
  });
  afterAll(() => rm(bundle, { recursive: true, force: true }));
  return start;
}
