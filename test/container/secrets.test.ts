import { afterAll, beforeAll, describe, it } from "vitest";
import { demoReport } from "../../local/demo-repository.ts";
import { createAppKey } from "../../local/github/app-key.ts";
import { createAgent } from "./agent.ts";
import { canaries, canary, type ContainerWorld, createContainerWorld, encodedCanary } from "./container-world.ts";
import { docker, engine } from "./docker.ts";

/** What a command leaves for the others to find: it shows that they look in the right places. */
const decoy = "decoy-7b1e";
const written = (text: string) => `${text.slice(0, 3)}''${text.slice(3)}`;
/** Does not match itself, wherever the command that holds it is written down. */
const pattern = (text: string) => text.replace(/^(...)(.)/, "$1[$2]");

const places = "/workspace /tmp /app /etc /home /root /run /var /opt /usr/local/etc";
const app = createAppKey();
/** A piece of the App's key, and how its tokens begin: as they are, and as git's credential on the wire. */
const [keyPiece = ""] = /[A-Za-z0-9]{16}/.exec(app.privateKey.split("\n").slice(5).join("\n")) ?? [];
const tokens = ["ghs_", btoa("x-access-token:ghs_").slice(0, 24)];
const sought = [decoy, canary.slice(0, 14), encodedCanary, keyPiece, ...tokens];

const look = [
  `printf %s ${written(decoy)} > /tmp/found-me; git config --local core.askPass ${written(decoy)}`,
  "env; cat /proc/[0-9]*/environ | tr '\\0' '\\n' | sort -u",
  "cat /proc/[0-9]*/cmdline | tr '\\0' ' '",
  "git config --list --show-origin; cat .git/config",
  `grep -rlsE --exclude-dir=node_modules '${sought.map(pattern).join("|")}' ${places} | sort`,
];

describe.skipIf(!engine).for([
  { by: "a personal token", githubApp: undefined },
  { by: "a GitHub App", githubApp: app },
])("an agent that looks for secrets, where GitHub is opened by $by", ({ githubApp }) => {
  const agent = createAgent(look);
  let world: ContainerWorld;
  let ts = "";
  beforeAll(async () => {
    world = await createContainerWorld(agent.script, { ...(githubApp && { githubApp }) });
    const ended = await world.mention(`fix ${demoReport}`, { eventId: "EvCurious" });
    if (ended.outcome !== "succeeded") throw new Error(`the fix ended as ${ended.outcome}`);
    ts = ended.ts;
  });
  afterAll(() => world?.close());

  const secretsIn = (text: string) =>
    [...Object.values(canaries), canary, encodedCanary, keyPiece, ...tokens].filter((secret) => text.includes(secret));

  const minted = () => world.github.app?.minted.map(({ token }) => token) ?? [];

  it("finds none in the environment or the arguments of any process", ({ expect }) => {
    const [, environments = "", commands = ""] = agent.printed;
    // Claude Code's own are among what it read; the server's are closed to it.
    expect(environments).toContain("ANTHROPIC_API_KEY=placeholder");
    expect(commands).toContain("container/server.ts");
    expect(commands).toContain("--permission-mode dontAsk");
    expect(secretsIn(environments + commands)).toEqual([]);
  });

  it("finds none in git's settings or on the disk", ({ expect }) => {
    const [, , , settings = "", files = ""] = agent.printed;
    expect(settings).toContain(`core.askpass=${decoy}`);
    expect(secretsIn(settings)).toEqual([]);
    // Its own session's transcript holds the words it looked with.
    const others = files
      .split("\n")
      .filter((file) => !/^\/workspace\/job-\w+\/claude\/projects\/.*\.jsonl$/.test(file));
    expect(others).toEqual(["/tmp/found-me", expect.stringMatching(/^\/workspace\/job-\w+\/repo\/\.git\/config$/)]);
  });

  it("leaves none in the job's events, the container's output or the logs", async ({ expect }) => {
    const { container, stub } = world.sandbox(ts);
    const events = await (await stub.fetch("http://container/jobs/slack-EvCurious/events")).text();
    expect(events).toContain('"outcome"');
    const output = await docker("logs", container);
    expect(output).toContain('"event":"listening"');
    expect(world.logs.join("\n")).toContain("command_settled");
    expect(secretsIn(events + output + world.logs.join("\n"))).toEqual([]);
  });

  it("leaves none in what is kept of its session, which only the Worker can open", async ({ expect }) => {
    const bucket = await world.workers.getR2Bucket("CHECKPOINTS", "bugbot-consumer");
    const { objects } = await bucket.list();
    expect(objects).toHaveLength(1);
    for (const { key } of objects) {
      const kept = await (await bucket.get(key))?.text();
      expect(kept).toBeDefined();
      expect(secretsIn(String(kept) + JSON.stringify(objects))).toEqual([]);
      expect(kept).not.toMatch(/acme|found-me/);
    }
  });

  it("leaves none in the database, the pull request, the issue or the thread", async ({ expect }) => {
    const db = await world.database();
    const { results: tables } = await db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    const names = tables.map(({ name }) => String(name)).filter((name) => !name.startsWith("_cf_"));
    const rows = await Promise.all(names.map((name) => db.prepare(`SELECT * FROM "${name}"`).all()));
    expect(names).toEqual(expect.arrayContaining(["commands", "conversations", "leases"]));

    const [pull, ...others] = world.github.pullRequests(world.repository);
    expect(others).toEqual([]);
    const diff = await world.github.diff(world.repository, "main", pull?.head ?? "");
    const seen = [
      rows.map(({ results }) => results),
      pull,
      diff,
      world.linear.workspace.issues,
      world.slack.thread(world.channel, ts),
    ];
    expect(secretsIn(JSON.stringify(seen))).toEqual([]);
  });

  it("was given what it needs: the egress added the credentials", ({ expect }) => {
    expect(new Set(world.anthropic.requests.map(({ headers }) => headers["x-api-key"]))).toEqual(
      new Set([canaries.anthropicKey]),
    );
    const git = world.github.requests.filter(({ path }) => path.includes(".git/"));
    const given = githubApp ? minted() : [canaries.githubToken];
    const used = new Set(git.map(({ headers }) => headers["authorization"]));
    // One reads and one pushes, where an App makes them; its third opens the pull request.
    expect(given).toHaveLength(githubApp ? 3 : 1);
    expect([...used]).toEqual(given.slice(0, 2).map((token) => `Basic ${btoa(`x-access-token:${token}`)}`));
  });
});
