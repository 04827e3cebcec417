import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import type { Script } from "../local/anthropic.ts";
import { createJobs } from "./jobs.ts";
import { serveJobs } from "./serve-jobs.ts";
import { createWorld, type World } from "./test-world.ts";

const done: Script = () => [{ text: "Done." }];
describe("a job server with a bearer", () => {
  const jobs = createJobs({ workspace: "/nowhere", serverEnvironment: {} });
  const server = serveJobs(jobs, "open-sesame");
  let url = "";
  beforeAll(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    url = `http://127.0.0.1:${address !== null && typeof address === "object" ? address.port : 0}`;
  });
  afterAll(() => void server.close());

  const ask = async (line: string, authorization?: string) => {
    const [method = "", path = ""] = line.split(" ");
    const headers = { ...(authorization !== undefined && { authorization }) };
    return (await fetch(url + path, { method, headers })).status;
  };

  it("says to everybody that it is healthy, and nothing else", async ({ expect }) => {
    expect(await ask("GET /health")).toBe(200);
    for (const line of [
      "POST /jobs",
      "GET /jobs/one/events",
      "GET /jobs/one/checkpoint",
      "PUT /jobs/one/checkpoint",
      "DELETE /jobs/one/checkpoint",
      "POST /jobs/one/messages",
      "POST /jobs/one/stop",
      "GET /health/jobs",
      "POST /health",
    ]) {
      for (const wrong of [undefined, "", "Bearer", "Bearer open-sesam", "Bearer open-sesame2", "open-sesame"])
        expect(await ask(line, wrong), `${line} ${wrong}`).toBe(401);
    }
  });

  it("answers whoever has it", async ({ expect }) => {
    expect(await ask("GET /jobs/one/events", "Bearer open-sesame")).toBe(404);
    expect(await ask("POST /jobs", "Bearer open-sesame")).toBe(400);
  });
});

describe("the jobs of a container that is told to end", () => {
  const script: Script = ({ prompt }) => (prompt === "hang" ? "hang" : [{ text: "Done." }]);

  it.for([
    { what: "a run that does not end", prompt: "hang", endWithinMs: 10, running: 1 },
    { what: "an end that nobody reads", prompt: "say", endWithinMs: 60_000, running: 0 },
  ])("wait no longer than they may for $what", async ({ prompt, endWithinMs, running }, { expect }) => {
    const world = await createWorld({ script, keepsCheckout: true });
    try {
      await world.post("/jobs", world.job({ prompt }));
      await world.jobs.drain({ endWithinMs, fetchWithinMs: 10 });
      expect(world.jobs.running()).toBe(running);
      expect(world.jobs.keepsCheckout()).toBe(false);
    } finally {
      await world.close();
    }
  });
});

describe("the job server", () => {
  let world: World;
  let script = done;
  beforeAll(async () => {
    world = await createWorld({ script: (call) => script(call) });
  });
  afterAll(() => world.close());

  it("is healthy, and says how many jobs run", async ({ expect }) => {
    const response = await fetch(`${world.url}/health`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: "healthy", jobs: { running: 0 }, keepsCheckout: false });
  });

  it("runs a job once, however often it is posted", async ({ expect }) => {
    const job = world.job({ id: "twice" });
    const [first, second] = [await world.post("/jobs", job), await world.post("/jobs", job)];
    expect([first.status, second.status]).toEqual([202, 200]);
    expect(await first.json()).toEqual({ id: "twice", done: false });
    expect(await world.outcomeOf("twice")).toMatchObject({ kind: "no_change" });
    const third = await world.post("/jobs", { ...job, prompt: "something else" });
    expect([third.status, await third.json()]).toEqual([200, { id: "twice", done: true }]);
    expect(world.anthropic.requests.filter(({ path }) => path.startsWith("/v1/messages"))).toHaveLength(1);
  });

  it("numbers events from 1 without a gap, ends with one outcome, and loses nothing to a reader who comes back", async ({
    expect,
  }) => {
    const all = await world.follow("twice");
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1));
    expect(all.filter(({ kind }) => kind === "outcome")).toHaveLength(1);
    expect(all.at(-1)?.kind).toBe("outcome");
    for (const after of [0, 0, 2, all.length - 1]) {
      expect((await world.read("twice", after)).events).toEqual(all.slice(after));
    }
    expect(await world.read("twice", all.length)).toEqual({ events: [], done: true });
  });

  it("holds a read open until something happens", async ({ expect }) => {
    script = () => "hang";
    await world.post("/jobs", world.job({ id: "slow" }));
    const known = await world.follow("slow", (event) => event.kind === "stage" && event.stage === "asking");
    expect(await world.read("slow", known.length, 0)).toEqual({ events: [], done: false });
    const waiting = world.read("slow", known.length, 60_000);
    await world.post("/jobs/slow/stop");
    expect((await waiting).events).toMatchObject([{ seq: known.length + 1, kind: "outcome" }]);
    script = done;
  });

  it.for([
    ["nothing", "", "body"],
    ["no JSON", "{", "body"],
    ["a list", "[]", "body"],
    ["no id", '{"prompt":"x"}', "id"],
  ] as const)("refuses a body that is %s, and names the field", async ([, body, field], { expect }) => {
    const response = await fetch(`${world.url}/jobs`, { method: "POST", body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ field, error: expect.stringContaining(field) });
  });

  it("names a field that is deeper", async ({ expect }) => {
    const limits = { wallClockMs: 1, maxTurns: "many", maxCostUsd: 1 };
    const response = await world.post("/jobs", { ...world.job({ id: "bad" }), limits });
    expect([response.status, await response.json()]).toMatchObject([400, { field: "limits.maxTurns" }]);
    expect((await fetch(`${world.url}/jobs/bad/events`)).status).toBe(404);
  });

  it("refuses a body over 1 MB", async ({ expect }) => {
    const response = await world.post("/jobs", world.job({ id: "big", prompt: "x".repeat(1024 * 1024) }));
    expect(response.status).toBe(413);
  });

  it("answers 404 to what it does not know", async ({ expect }) => {
    for (const path of [
      "/",
      "/ping",
      "/jobs",
      "/jobs/none/events",
      "/jobs/twice/other",
      "/jobs/twice/events/1",
      "/%",
    ]) {
      expect((await fetch(world.url + path)).status, path).toBe(404);
    }
    for (const path of ["/jobs/none/stop", "/jobs/none/messages", "/health"]) {
      expect((await world.post(path, { text: "x" })).status, path).toBe(404);
    }
    expect((await fetch(`${world.url}/jobs/twice/events?after=-1`)).status).toBe(400);
  });

  it("can be told to stop twice, or too late; a message then comes too late as well", async ({ expect }) => {
    expect((await world.post("/jobs/slow/stop")).status).toBe(202);
    expect((await world.post("/jobs/twice/stop")).status).toBe(202);
    expect(await world.outcomeOf("twice")).toMatchObject({ kind: "no_change" });
    expect((await world.post("/jobs/twice/messages", { text: "and this" })).status).toBe(409);
    expect((await world.post("/jobs/twice/messages", { words: "x" })).status).toBe(400);
  });

  it("stops a job with everything the agent started, and says what it cost", async ({ expect }) => {
    const pidFile = join(world.workspace, "pids");
    const children = `sleep 1001 & echo $! >> ${pidFile}; (setsid sleep 1002 & echo $! >> ${pidFile}); sleep 1003`;
    script = () => [{ tool: "Bash", input: { command: `sh -c '${children}'`, description: "Wait" } }];
    await world.post("/jobs", world.job({ id: "busy" }));
    await world.follow("busy", ({ kind }) => kind === "tool");
    const pids = await until(() => {
      const found = existsSync(pidFile) ? readFileSync(pidFile, "utf8").trim().split("\n").map(Number) : [];
      return found.length === 2 ? found : undefined;
    });
    expect((await world.post("/jobs/busy/stop")).status).toBe(202);
    const outcome = await world.outcomeOf("busy");
    expect(outcome).toMatchObject({ kind: "stopped" });
    expect(outcome.usage.costUsd).toBeGreaterThan(0);
    expect(pids.filter((pid) => existsSync(`/proc/${pid}/cmdline`) && isAlive(pid))).toEqual([]);
    expect(world.branches()).toEqual(["main"]);
    script = done;
  });

  it("passes a follow-up on to the running agent", async ({ expect }) => {
    const gate = join(world.workspace, "gate");
    const command = `until [ -e ${gate} ]; do sleep 0.05; done`;
    script = ({ turn, said, toolResults }) => {
      if (turn === 0) return [{ tool: "Bash", input: { command, description: "Wait" } }];
      return [
        {
          text: said.includes("mind the rounding")
            ? "I minded the rounding."
            : toolResults.join() || "Nobody said anything.",
        },
      ];
    };
    await world.post("/jobs", world.job({ id: "talk" }));
    await world.follow("talk", ({ kind }) => kind === "tool");
    expect((await world.post("/jobs/talk/messages", { text: "Please mind the rounding" })).status).toBe(202);
    writeFileSync(gate, "");
    expect(await world.outcomeOf("talk")).toMatchObject({ kind: "no_change", summary: "I minded the rounding." });
    script = done;
  });

  it("passes on what was said before the agent was there", async ({ expect }) => {
    script = ({ said }) => [{ text: said.includes("mind the rounding") ? "I minded it." : "First answer." }];
    await world.post("/jobs", world.job({ id: "early" }));
    expect((await world.post("/jobs/early/messages", { text: "Please mind the rounding" })).status).toBe(202);
    expect(await world.outcomeOf("early")).toMatchObject({ summary: "I minded it." });
    script = done;
  });

  it("has left nothing on the disk", async ({ expect }) => {
    expect((await world.leftovers()).filter((name) => name.startsWith("job-"))).toEqual([]);
  });
});

async function until<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A process that has ended but was not reaped by its parent is a zombie: it runs no more. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
