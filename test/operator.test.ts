import { createHash, randomBytes } from "node:crypto";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, it } from "vitest";
import * as z from "zod/mini";
import { createRunner, type Runner } from "../cli/run-bugbot.ts";
import { demoCustomer } from "../local/demo-behaviour.ts";
import { maxUnsealedMs } from "../shared/limits.ts";
import { localAdminKey } from "../shared/local-admin-key.ts";
import { createWorld, type World } from "./world.ts";

const fixIt = "fix https://github.com/acme/shop Apply twice counts twice";

let world: World;
let runner: Runner;
let died: { ts: string };
beforeAll(async () => {
  [world, runner] = await Promise.all([createWorld({ keepsLog: true }), createRunner()]);
  world.github.fault(/\/branches\/main$/, { status: 503, times: 3 });
  died = await world.mention(fixIt, { eventId: "EvDead" });
  const db = await world.database();
  await world.until(async () => (await db.prepare("SELECT 1 FROM dead_letters").first()) ?? undefined);
});
afterAll(async () => {
  await runner?.remove();
  await world?.close();
});

/** `npx bugbot …` against this world. */
async function bugbot(words: string, { key, columns = 80 }: { key?: string; columns?: number } = {}) {
  const env = { BUGBOT_URL: world.url, COLUMNS: String(columns), ...(key && { BUGBOT_API_KEY: key }) };
  return runner.bugbot(words, env);
}

async function json(words: string, key?: string): Promise<unknown> {
  const { code, stdout, stderr } = await bugbot(`${words} --json`, key ? { key } : {});
  if (code !== 0) throw new Error(stderr);
  const data: unknown = JSON.parse(stdout);
  return data;
}

const keySchema = z.object({ id: z.string(), key: z.string() });

describe("bugbot dlq", () => {
  it("lists what died, as people and as scripts read it", async ({ expect }) => {
    expect(await json("dlq list")).toEqual([
      {
        id: "slack-EvDead",
        commandId: "slack-EvDead",
        name: "fix",
        conversation: `slack:T0ACME:${world.channel}:${died.ts}`,
        error: expect.stringContaining("GitHub"),
        attempts: 3,
        status: "dead",
        diedAt: expect.any(Number),
      },
    ]);
    for (const columns of [80, 200]) {
      const { code, stdout } = await bugbot("dlq list", { columns });
      expect(code).toBe(0);
      expect(stdout).toMatch(/^ID\s+STATUS\s+DIED/);
      expect(stdout).toContain("slack-EvDead");
      expect(stripVTControlCharacters(stdout)).toBe(stdout);
      const widths = stdout.split("\n").map((line) => line.length);
      expect(Math.max(...widths)).toBeLessThanOrEqual(columns);
      if (columns === 200) expect(Math.max(...widths)).toBeGreaterThan(80);
    }
  });

  it("shows one with each attempt", async ({ expect }) => {
    const { code, stdout } = await bugbot("dlq show slack-EvDead");
    expect(code).toBe(0);
    expect(stdout).toMatch(/choose repository, attempt 1: [\s\S]*choose repository, attempt 3: /);
    expect(stdout).toContain("npx bugbot dlq replay slack-EvDead");
    expect(await json("dlq show slack-EvDead")).toMatchObject({
      status: "dead",
      errors: [{ step: "choose repository", attempt: 1 }, {}, {}],
    });
  });

  it("replays one, once: a new attempt in its thread, and nothing made twice", async ({ expect }) => {
    const issues = world.linear.workspace.issues.length;
    const { code, stdout } = await bugbot("dlq replay slack-EvDead");
    expect(code).toBe(0);
    const [, id = ""] = /Started again as (\S+)\./.exec(stdout) ?? [];
    const task = await world.until(async () => {
      const found = z.object({ outcome: z.nullable(z.string()) }).parse(await json(`tasks show ${id}`));
      return found.outcome === null ? undefined : found;
    });
    expect(task.outcome).toBe("succeeded");
    expect(world.linear.workspace.issues).toHaveLength(issues + 1);
    expect(world.github.pullRequests(world.repository)).toHaveLength(1);
    const said = world.slack.thread(world.channel, died.ts).filter(({ author }) => author === "bugbot");
    expect(said.map(({ text }) => text)).toEqual([expect.stringMatching(/^❌/), expect.stringMatching(/^✅/)]);

    const again = await bugbot("dlq replay slack-EvDead");
    expect(again).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining(`replayed already as ${id}`) });
    expect(await json("dlq list --status dead")).toEqual([]);
  });

  it("drops one that cannot be replayed, and says why it cannot", async ({ expect }) => {
    const queue = await world.workers.getQueueProducer("DEAD_LETTERS", "bugbot-consumer");
    await queue.send("\u001b[2Jnonsense");
    const id = await world.until(
      async () => z.array(z.object({ id: z.string() })).parse(await json("dlq list --status dead"))[0]?.id,
    );
    expect(await bugbot(`dlq replay ${id}`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("is no command"),
    });
    const shown = await bugbot(`dlq show ${id}`);
    expect(shown.stdout).toContain("nonsense");
    expect(shown.stdout).not.toContain("\u001b[2J");
    expect(await bugbot(`dlq drop ${id}`)).toMatchObject({ code: 0, stdout: `Dropped ${id}.\n` });
    expect(await json("dlq list")).toMatchObject([
      { id, commandId: null, name: null, conversation: null, status: "dropped" },
      { status: "replayed" },
    ]);
    expect((await bugbot("dlq list --status dead")).stdout).toBe("No dead letters.\n");
    expect(await bugbot("dlq show nothing")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("npx bugbot dlq list"),
    });
  });
});

describe("a dead letter", () => {
  const headers = { authorization: `Bearer ${localAdminKey}` };
  const post = async (path: string) =>
    (await fetch(`${world.url}/api/dlq/${path}`, { method: "POST", headers })).status;
  const begun = async (id: string) => {
    const tasks = z.array(z.object({ id: z.string() })).parse(await json("tasks list"));
    return tasks.some((task) => task.id === `replay-${id}`);
  };
  /** Answers what its replay is called. */
  async function die(id: string, status = "dead", forAsker = false) {
    const command = {
      v: 1,
      id,
      name: "help",
      text: "",
      conversation: {
        platform: "slack",
        teamId: "T0ACME",
        channelId: world.channel,
        threadId: died.ts,
        messageId: died.ts,
      },
      author: { id: "U0ALICE" },
      references: {},
      forAsker,
      receivedAt: Date.now(),
    };
    const name = createHash("sha256").update(id).digest("hex").slice(0, 16);
    const db = await world.database();
    await db
      .prepare(
        "INSERT INTO dead_letters (id, command_id, name, body, error, errors, attempts, died_at, status, replayed_as) VALUES (?1, ?1, 'help', ?2, 'x', '[]', 1, 1, ?3, ?4)",
      )
      .bind(id, JSON.stringify(command), status, status === "dead" ? null : `replay-${name}`)
      .run();
    return name;
  }

  it("is replayed or dropped by those who ask at once, and begins nothing once it is dropped", async ({ expect }) => {
    for (const id of ["slack-EvRace1", "slack-EvRace2", "slack-EvRace3", "slack-EvRace4"]) {
      const name = await die(id);
      const [dropped, replayed] = await Promise.all([post(`${id}/drop`), post(`${id}/replay`)]);
      expect(dropped === 200 ? replayed : dropped).toBe(409);
      expect(replayed === 200 ? dropped : replayed).toBe(409);
      expect(await begun(name)).toBe(replayed === 200);
    }
  });

  it("that was marked by somebody who died before its command began is begun when it is asked again", async ({
    expect,
  }) => {
    const name = await die("slack-EvHalf", "replayed");
    expect(await post("slack-EvHalf/replay")).toBe(200);
    expect(await begun(name)).toBe(true);
    expect(await post("slack-EvHalf/replay")).toBe(409);
  });

  it("of a question that was asked privately is not answered for everybody", async ({ expect }) => {
    const name = await die("slack-EvPrivate", "dead", true);
    const said = world.slack.channel(world.channel).length;
    expect(await bugbot("dlq replay slack-EvPrivate")).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("was for its asker alone"),
    });
    expect(await begun(name)).toBe(false);
    expect(world.slack.channel(world.channel)).toHaveLength(said);
    expect(await json("dlq show slack-EvPrivate"), "it can be dropped").toMatchObject({ status: "dead" });
  });
});

describe("bugbot tasks", () => {
  it("lists and shows them", async ({ expect }) => {
    const { stdout } = await bugbot("tasks list");
    expect(stdout).toMatch(/^ID\s+STATE\s+ASKED/);
    expect(stdout).toMatch(/slack-EvDead\s+failed/);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect((await bugbot("tasks show slack-EvDead")).stdout).toMatch(
      /state +failed[\s\S]*ended by +workflow[\s\S]*last word +20/,
    );
    expect((await bugbot("tasks list --running")).stdout).toBe("Nothing is running.\n");
  });

  it("stops one that runs: its own last word says so", async ({ expect }) => {
    world.linear.fault("issueCreate", { hang: true, times: 1 });
    const { body, headers, message } = world.slack.mention(fixIt, { channel: world.channel, eventId: "EvStopped" });
    await world.post(body, headers);
    await world.until(async () => z.array(z.object({ id: z.string() })).parse(await json("tasks list --running"))[0]);
    expect(await bugbot("tasks stop slack-EvStopped")).toMatchObject({
      code: 0,
      stdout: "Stopping slack-EvStopped.\n",
    });
    expect(await world.settled("EvStopped")).toMatchObject({ outcome: "stopped" });
    const said = world.slack.thread(world.channel, message.ts).filter(({ author }) => author === "bugbot");
    expect(said.map(({ text }) => text)).toEqual([expect.stringMatching(/^Stopped\./)]);
    expect(await bugbot("tasks stop slack-EvStopped")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("has ended already"),
    });
  });

  it("does one again that has ended", async ({ expect }) => {
    const pulls = world.github.pullRequests(world.repository).length;
    const { outcome } = await world.ends(async () => {
      const { stdout } = await bugbot("tasks retry slack-EvStopped");
      expect(stdout).toMatch(/^Started again as retry-/);
    });
    expect(outcome).toBe("succeeded");
    expect(world.github.pullRequests(world.repository)).toHaveLength(pulls + 1);
    expect(await bugbot("tasks retry nothing")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("no command nothing"),
    });
  });
});

describe("bugbot keys", () => {
  it("makes, rotates with an overlap, and revokes them; only hashes are kept", async ({ expect }) => {
    const first = keySchema.parse(await json("keys create --name ci --scope admin"));
    expect(first.key).toMatch(/^bm_[0-9a-f]{64}$/);
    expect(await json("tasks list", first.key)).toBeInstanceOf(Array);

    const second = keySchema.parse(await json(`keys rotate ${first.id} --overlap-hours 1`, first.key));
    expect(await json("tasks list", first.key)).toBeInstanceOf(Array);
    expect(await json("tasks list", second.key)).toBeInstanceOf(Array);
    await json(`keys revoke ${second.id}`, second.key);
    expect(await bugbot("tasks list", { key: second.key })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("revoked"),
    });

    const none = keySchema.parse(await json(`keys create --name short`));
    const gone = keySchema.parse(await json(`keys rotate ${none.id} --overlap-hours 0`));
    expect(await bugbot("tasks list", { key: none.key })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("expired"),
    });
    expect(gone.key).not.toBe(none.key);

    const { stdout } = await bugbot("keys list");
    expect(stdout).toMatch(/^ID +NAME +STATE/);
    expect(stdout).not.toContain("bm_");
    const db = await world.database();
    const stored = JSON.stringify((await db.prepare("SELECT * FROM api_keys").all()).results);
    for (const { key } of [first, second, none, gone]) {
      expect(stored).not.toContain(key);
      expect(world.logs.join("\n")).not.toContain(key);
    }
  });
});

describe("a key", () => {
  const admin = { authorization: `Bearer ${localAdminKey}` };
  const rotate = (id: string, body: object) =>
    fetch(`${world.url}/api/keys/${id}/rotate`, { method: "POST", headers: admin, body: JSON.stringify(body) });

  it("that was replaced is ended at once, though its overlap goes on", async ({ expect }) => {
    const leaked = keySchema.parse(await json("keys create --name leaked"));
    const next = keySchema.parse(await json(`keys rotate ${leaked.id} --overlap-hours 168`));
    expect((await bugbot("tasks list", { key: leaked.key })).code).toBe(0);
    expect(await bugbot(`keys revoke ${leaked.id}`)).toMatchObject({ code: 0, stdout: `Revoked ${leaked.id}.\n` });
    expect(await bugbot("tasks list", { key: leaked.key })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("revoked"),
    });
    expect((await bugbot("tasks list", { key: next.key })).code).toBe(0);
    expect(await bugbot(`keys revoke ${leaked.id}`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("revoked already"),
    });
  });

  it("is replaced by one key, however many ask at once", async ({ expect }) => {
    const old = keySchema.parse(await json("keys create --name raced"));
    const answers = await Promise.all(Array.from({ length: 6 }, () => rotate(old.id, { overlapHours: 1 })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409, 409, 409]);
    const db = await world.database();
    const { results } = await db.prepare("SELECT id FROM api_keys WHERE name = 'raced'").all<{ id: string }>();
    expect(results).toHaveLength(2);
    const next = results.find(({ id }) => id !== old.id)?.id ?? "";
    const entries = z.array(z.object({ action: z.string(), subject: z.string() })).parse(await json("audit list"));
    const about = (subject: string) => entries.filter((one) => one.subject === subject).map(({ action }) => action);
    expect(about(old.id)).toEqual(["created_key", "rotated_key"]);
    expect(about(next)).toEqual(["created_key"]);
  });

  it("lives for any part of a day, and is not replaced once it is over", async ({ expect }) => {
    const made = keySchema.parse(await json("keys create --name odd --days 0.123456789"));
    const next = keySchema.parse(await json(`keys rotate ${made.id} --overlap-hours 0.333333333`));
    await json(`keys rotate ${next.id} --overlap-hours 0`);
    const db = await world.database();
    const short = keySchema.parse(await json("keys create --name over"));
    await db.prepare("UPDATE api_keys SET expires_at = 1 WHERE id = ?").bind(short.id).run();
    expect(await bugbot(`keys rotate ${short.id}`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("expired"),
    });
    expect(await db.prepare("SELECT count(*) AS n FROM api_keys WHERE name = 'over'").first("n")).toBe(1);
  });

  it("is not rotated by words that are not understood", async ({ expect }) => {
    const { id } = keySchema.parse(await json("keys create --name typed"));
    for (const body of ['{"overlapHours":', '{"overlap_hours":0}', "[]"]) {
      const answer = await fetch(`${world.url}/api/keys/${id}/rotate`, { method: "POST", headers: admin, body });
      expect(answer.status).toBe(400);
    }
    const db = await world.database();
    expect(await db.prepare("SELECT replaced_by FROM api_keys WHERE id = ?").bind(id).first("replaced_by")).toBeNull();
  });

  it("that reads changes nothing, and neither does the one that replaces it", async ({ expect }) => {
    const made = await bugbot("keys create --name looks");
    expect(made.stdout.replace(/\s+/g, " ")).toContain("(looks) reads, and changes nothing; `--scope admin` makes one");
    const first = keySchema.parse(await json("keys create --name reader"));
    const { id, key } = keySchema.parse(await json(`keys rotate ${first.id}`));
    expect((await bugbot("tasks list", { key })).code).toBe(0);
    expect((await bugbot("audit verify", { key })).code).toBe(0);
    const refused = /may only read\.\s+`npx\s+bugbot\s+keys\s+create\s+--scope\s+admin`\s+makes/;
    for (const words of ["keys create --name more", `keys revoke ${id}`, "tasks stop slack-EvDead", "dlq drop nothing"])
      expect(await bugbot(words, { key })).toMatchObject({ code: 1, stderr: expect.stringMatching(refused) });
    const db = await world.database();
    expect(await db.prepare("SELECT count(*) AS n FROM api_keys WHERE name = 'more'").first("n")).toBe(0);
    expect((await bugbot("keys list")).stdout).toMatch(/reader +good .* read$/m);
  });
});

describe("a list that is cut", () => {
  const idsSchema = z.array(z.union([z.object({ id: z.string() }), z.object({ seq: z.number() })]));

  it.for(["tasks list", "keys list", "audit list", "dlq list"])(
    "%s says where it goes on",
    async (words, { expect }) => {
      const rows = async (more: string) => {
        const { code, stdout, stderr } = await bugbot(`${words} ${more} --json`);
        expect(code).toBe(0);
        const page = idsSchema.parse(JSON.parse(stdout)).map((row) => ("id" in row ? row.id : String(row.seq)));
        return { page, next: /^There is more: `(--before \S+)` goes on\.\n$/.exec(stderr)?.[1] };
      };
      const whole = await rows("--limit 500");
      expect(whole.next).toBeUndefined();
      const seen: string[] = [];
      let more: string | undefined = "";
      while (more !== undefined) {
        const { page, next } = await rows(`--limit 2 ${more}`);
        expect(page.length).toBeLessThanOrEqual(2);
        if (words === "audit list") seen.unshift(...page);
        else seen.push(...page);
        more = next;
      }
      expect(seen).toEqual(whole.page);
      if (words !== "dlq list") expect(seen.length).toBeGreaterThan(2);
    },
  );

  it("says so where there is nothing by the name to go on from", async ({ expect }) => {
    for (const words of ["tasks list", "keys list", "dlq list"]) {
      const { code, stderr } = await bugbot(`${words} --before nothing`);
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("nothing") });
    }
  });
});

describe("the API", () => {
  it("stops reading a body that is too large, whatever its headers say", async ({ expect }) => {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 65_536;
        if (sent > 1_000 * 65_536) controller.close();
        else controller.enqueue(new Uint8Array(65_536).fill(32));
      },
    });
    const response = await fetch(`${world.url}/api/keys`, {
      method: "POST",
      headers: { authorization: `Bearer ${localAdminKey}` },
      body,
      duplex: "half",
    }).catch(() => undefined);
    // The answer, or a connection that is closed while it is still written to.
    expect([413, undefined]).toContain(response?.status);
    expect(sent).toBeLessThan(500 * 65_536);
  });

  it.for<[string, Record<string, string>]>([
    ["no key", {}],
    ["a key nobody made", { authorization: `Bearer bm_${randomBytes(32).toString("hex")}` }],
    ["another kind of key", { authorization: `Basic ${localAdminKey}` }],
    ["the admin key and more", { authorization: `Bearer ${localAdminKey}0` }],
  ])("answers 401 to %s, and does nothing", async ([, headers], { expect }) => {
    for (const [method, path] of [
      ["GET", "/api/dlq"],
      ["POST", "/api/dlq/slack-EvDead/drop"],
      ["GET", "/api/nowhere"],
    ] as const) {
      const response = await fetch(`${world.url}${path}`, { method, headers });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({
        error: { message: expect.stringContaining("npx bugbot keys create") },
      });
    }
  });

  it("says what to do with a request it does not understand", async ({ expect }) => {
    const headers = { authorization: `Bearer ${localAdminKey}` };
    const ask = async (method: string, path: string, body?: string) => {
      const response = await fetch(`${world.url}/api${path}`, { method, headers, ...(body !== undefined && { body }) });
      return { status: response.status, answer: await response.json() };
    };
    const error = { error: { code: expect.any(String), message: expect.any(String) } };
    expect(await ask("GET", "/nowhere")).toEqual({ status: 404, answer: error });
    for (const limit of ["many", "", "0", "1001", "1e2"]) {
      const refused = await ask("GET", `/dlq?limit=${limit}`);
      expect(refused).toEqual({ status: 400, answer: error });
      expect(JSON.stringify(refused.answer)).toContain("limit is a whole number from 1 to 1000");
    }
    expect(await ask("POST", "/keys", "{")).toEqual({ status: 400, answer: error });
    expect(await ask("POST", "/keys", JSON.stringify({ name: "x".repeat(300_000) }))).toEqual({
      status: 413,
      answer: error,
    });
  });
});

describe("bugbot audit", () => {
  it("tells a command's story: asked, decided, changed, ended; and who replayed it", async ({ expect }) => {
    const entries = z
      .array(z.object({ action: z.string(), actor: z.string(), subject: z.string() }))
      .parse(await json("audit list --limit 200"));
    const about = (subject: string) =>
      entries.filter((entry) => entry.subject === subject).map(({ actor, action }) => `${actor} ${action}`);
    expect(about("slack-EvDead")).toEqual(["slack:U0ALICE asked", "bugbot ended", "admin replayed_dead_letter"]);
    const replay =
      entries.find(({ subject, action }) => subject.startsWith("replay-") && action === "ended")?.subject ?? "";
    expect(about(replay)).toEqual([
      "admin asked",
      "bugbot filed_issue",
      "bugbot linked_thread",
      "bugbot decided",
      "bugbot pushed",
      "bugbot opened_pull_request",
      "bugbot linked_pull_request",
      "bugbot moved_to_review",
      "bugbot ended",
    ]);
    expect((await bugbot("audit list")).stdout).toMatch(/^SEQ +WHEN/);
    for (const option of ["--command", "--about"]) {
      expect(await json(`audit list ${option} slack-EvDead`)).toMatchObject([
        { action: "asked" },
        { action: "ended" },
        { action: "replayed_dead_letter" },
      ]);
    }
  });

  it("is not verified where entries have waited for longer than they may to be sealed", async ({ expect }) => {
    const db = await world.database();
    const wait = (deed: string, ageMs: number) =>
      db
        .prepare(
          "INSERT INTO audit_unsealed (deed, at, actor, action, subject, facts) VALUES (?, ?, 'a', 'b', 'c', '{}')",
        )
        .bind(deed, Date.now() - ageMs)
        .run();
    const refuse = "CREATE TRIGGER nothing_is_sealed BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END";
    const goOn = (heldUntil: number) =>
      db.batch([
        db.prepare("DROP TRIGGER nothing_is_sealed"),
        db.prepare("UPDATE audit_sealer SET held_until = ?").bind(heldUntil),
      ]);
    await db.prepare(refuse).run();
    await wait("young", 1_000);
    const young = await bugbot("audit verify");
    expect(young).toMatchObject({ code: 0, stdout: expect.stringContaining("Not sealed yet: 1.") });
    await goOn(0);
    expect((await bugbot("audit verify")).stdout).not.toContain("Not sealed");

    await db.prepare(refuse).run();
    await wait("old", maxUnsealedMs + 60_000);
    const old = await bugbot("audit verify");
    expect(old).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("audit_not_sealed") });
    expect(old.stderr).toMatch(/1 waits to be\s+sealed, since \d{4}-/);
    const { code, stdout } = await bugbot("audit verify --json");
    expect([code, JSON.parse(stdout)]).toEqual([1, expect.objectContaining({ verified: false, unsealed: 1 })]);
    await goOn(9e15);
    expect(await bugbot("audit verify")).toMatchObject({ code: 0, stdout: expect.not.stringContaining("Not sealed") });
  });

  it("verifies the chain, and finds what was changed behind its back", async ({ expect }) => {
    const { code, stdout } = await bugbot("audit verify");
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+ entries, an unbroken chain\. Seal: \d+:[0-9a-f]{64}\n$/),
    });
    const [, seal = ""] = /Seal: (\S+)/.exec(stdout) ?? [];
    await json("keys create --name later");
    expect((await bugbot(`audit verify --seal ${seal}`)).code).toBe(0);
    expect(await bugbot(`audit verify --seal 1:${"0".repeat(64)}`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("is not in it"),
    });

    const db = await world.database();
    await expect(db.prepare("UPDATE audit SET actor = 'nobody' WHERE seq = 2").run()).rejects.toThrow(/not changed/);
    await db.prepare("DROP TRIGGER audit_is_not_changed").run();
    await db.prepare("UPDATE audit SET actor = 'nobody' WHERE seq = 2").run();
    expect(await bugbot("audit verify")).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("entry 2 is not what was written"),
    });
  });
});

describe("bugbot logs", () => {
  it("shows what the Workers printed, and only what is about a command where one is named", async ({ expect }) => {
    const all = (await bugbot("logs")).stdout;
    expect(all).toContain(" gateway discord_gateway_connected ");
    const { code, stdout } = await bugbot("logs --command slack-EvDead");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d consumer command_taken slack-EvDead name=fix/m);
    expect(stdout).toContain(" gateway command_enqueued slack-EvDead");
    expect(stdout).toMatch(/ consumer command_settled slack-EvDead .*outcome=failed/);
    expect((await bugbot("logs --command slack-EvStopped")).stdout).not.toContain(" container ");
    expect(all).toMatch(/ container job (?:retry|replay)-\S+ outcome=pushed/);
    for (const line of stdout.trim().split("\n")) expect(line).toContain(" slack-EvDead");
    for (const line of stdout.trim().split("\n")) expect(all).toContain(line);
    expect(stdout).not.toContain("audit");
  });

  it("goes on with --follow, with what is printed later", async ({ expect }) => {
    const logs = runner.follow("logs --follow", { BUGBOT_URL: world.url });
    try {
      await world.until(() => (logs.stdout().includes("slack-EvDead") ? true : undefined));
      expect(logs.stdout()).not.toContain("slack-EvLater");
      await world.mention("help", { eventId: "EvLater" });
      await world.until(() => (/command_settled slack-EvLater/.test(logs.stdout()) ? true : undefined));
    } finally {
      await logs.stop();
    }
  });

  it("ends with 1 where nothing is about a command, where no stack runs, and where Cloudflare has the past", async ({
    expect,
  }) => {
    const none = await bugbot("logs --command slack-EvNobody");
    expect(none).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("about slack-EvNobody") });
    for (const [url, said] of [
      ["http://localhost:9", "npm start"],
      ["https://bugbot-gateway.example.workers.dev", "Cloudflare's dashboard"],
    ] as const) {
      const run = await runner.bugbot("logs", { BUGBOT_URL: url });
      expect(run).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining(said) });
    }
  });
});

describe("a key that cannot be one", () => {
  it.for(["ключ", "bm_0\nbm_1", " "])("is said to be malformed: %j", async (key, { expect }) => {
    const { code, stderr } = await bugbot("tasks list", { key });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("BUGBOT_API_KEY is malformed") });
  });
});

describe("bugbot doctor", () => {
  it("finds the local stack well, and says what it could not try", async ({ expect }) => {
    const { code, stdout, stderr } = await bugbot("doctor", { columns: 200 });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^ok {5} {2}webhook: \/slack\/events: turns away/m);
    expect(stdout).toMatch(/^ok {5} {2}token: Slack: good/m);
    expect(stdout).toMatch(/^ok {5} {2}database: migrations: all \d+ are applied/m);
  });

  it("names a token that is refused, and ends with 1", async ({ expect }) => {
    world.slack.fault("auth.test", { status: 200, body: { ok: false, error: "invalid_auth" } });
    const { code, stdout } = await bugbot("doctor");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^problem {2}token: Slack: Slack refuses it \(invalid_auth\)\n +→ .*SLACK_BOT_TOKEN/m);
  });

  it("says what to do where nothing answers", async ({ expect }) => {
    const { code, stderr } = await runner.bugbot("doctor", { BUGBOT_URL: "http://localhost:9" });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("npm start") });
  });
});

describe("bugbot context", () => {
  const words = `context https://github.com/acme/shop Apply twice counts twice, says ${demoCustomer.email}`;

  it("prints what would be on the card, files nothing, and shows no address", async ({ expect }) => {
    const { issues, comments } = world.linear.workspace;
    const before = [issues.length, comments.length];
    const written = writes();
    const { code, stdout, stderr } = await bugbot(words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const shown = stdout.replace(/http:\/\/127\.0\.0\.1:\d+/g, "URL").replace(/[\da-f]{40}|[\da-f-]{36}/g, "ID");
    expect(shown.split("\n").filter((line) => /^\S/.test(line))).toEqual([
      "Apply twice counts twice, says m…@customers.example",
      "Who is affected",
      "What happened",
      "Where in the code",
      "What changed recently",
    ]);
    expect(shown).toMatch(
      /^ {2}3 people in the last 14 days, .* met “RangeError: .*”\n {4}URL\/project\/1\/error_tracking\/ID$/m,
    );
    expect(shown).toMatch(
      /^ {2}src\/cart\.js:29 frame totals, line 29.*\n {4}URL\/acme\/shop\/blob\/ID\/src\/cart\.js#L29$/m,
    );
    expect(stripVTControlCharacters(stdout)).toBe(stdout);
    expect([issues.length, comments.length]).toEqual(before);
    expect(writes()).toBe(written);
  });

  it("prints the card and what each source gave as JSON", async ({ expect }) => {
    const given = await json(words);
    expect(given).toMatchObject({
      card: { title: "Apply twice counts twice, says m…@customers.example", unknown: [] },
      findings: {
        behaviour: { state: "found", value: { person: { email: "m…@customers.example" } } },
        code: { state: "found", value: { repository: "acme/shop" } },
      },
    });
    expect(JSON.stringify(given)).not.toContain(demoCustomer.email);
  });

  it("reads the issue that is named, and says where there is none", async ({ expect }) => {
    world.linear.seedIssue({
      identifier: "BUG-500",
      title: "Zebras",
      description: "In https://github.com/acme/shop src/cart.js",
    });
    const { code, stdout } = await bugbot("context BUG-500");
    expect(code).toBe(0);
    expect(stdout).toContain("BUG-500 Zebras");
    expect(stdout).toContain("src/cart.js named in the report");
    expect(await bugbot("context BUG-501")).toEqual({
      code: 1,
      stdout: "",
      stderr: "error: Linear knows no issue BUG-501.\n",
    });
  });

  it("ends with 1 when nothing answers, and names each reason", async ({ expect }) => {
    world.posthog.fault(/./, { status: 503, times: 9 });
    const { code, stdout, stderr } = await bugbot(`context Zebras, says ${demoCustomer.email}`);
    world.posthog.mend();
    expect({ code, stderr }).toEqual({ code: 1, stderr: "error: Neither PostHog nor GitHub gave an answer.\n" });
    expect(stdout).toContain("PostHog: not reached (PostHog has trouble (HTTP 503))");
    expect(stdout).toContain("GitHub: not asked (Which repository has the bug? Name it)");
  });

  it("is in the audit, without the report's words", async ({ expect }) => {
    const entries = JSON.stringify(await json("audit list --limit 20"));
    expect(entries).toContain("gathered_evidence");
    expect(entries).not.toContain("Zebras");
  });

  function writes(): number {
    return world.linear.requests.filter(({ operation }) => /Create|Update/.test(operation)).length;
  }
});
