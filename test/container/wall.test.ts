import * as z from "zod";
import { afterAll, beforeAll, describe, it } from "vitest";
import { demoReport } from "../../local/demo-repository.ts";
import { shopScript } from "../../local/shop-script.ts";
import { createAgent } from "./agent.ts";
import { type ContainerWorld, createContainerWorld } from "./container-world.ts";
import { docker, engine } from "./docker.ts";

/** Finds the server, and defines `perl`, which makes system calls: pid in, what they returned and errno out. */
const begin = `
const fs = require("node:fs");
const { spawn, spawnSync } = require("node:child_process");
const said = (name) => { try { return fs.readFileSync("/proc/" + name + "/cmdline", "utf8"); } catch { return ""; } };
const server = fs.readdirSync("/proc").find((name) => /container\\/server.ts\\0--alone/.test(said(name)));
const perl = (code, pid) => spawnSync("perl", ["-e", code, pid], { encoding: "utf8" }).stdout;
`;

/** Looks into a process in every way that a process of the same user has. */
const lookInto = `${begin}
function lookInto(pid) {
  const seen = {};
  const attempt = (name, look) => { try { seen[name] = String(look()).slice(0, 40); } catch (error) { seen[name] = error.code; } };
  for (const name of ["environ", "maps", "auxv"]) attempt(name, () => fs.readFileSync("/proc/" + pid + "/" + name).length > 0 && "read");
  attempt("mem", () => fs.openSync("/proc/" + pid + "/mem", "r+") && "opened");
  attempt("fd", () => fs.readdirSync("/proc/" + pid + "/fd").length > 0 && "listed");
  for (const name of ["cwd", "root", "exe"]) attempt(name, () => fs.readlinkSync("/proc/" + pid + "/" + name) && "read");
  seen.ptrace = perl("print syscall(101, 16, $ARGV[0] + 0, 0, 0) < 0 ? $! + 0 : q(attached)", pid);
  seen.pidfd = perl("my $p = syscall(434, $ARGV[0] + 0, 0); print syscall(438, $p, 0, 0) < 0 ? $! + 0 : q(taken)", pid);
  return seen;
}
const own = spawn("sleep", ["60"]);
console.log(JSON.stringify({ own: lookInto(String(own.pid)), server: lookInto(server), init: lookInto("1") }));
own.kill("SIGKILL");
`;

/** Opens Node's inspector, and takes the server's port on other addresses. */
const openInspector = `${begin}
process.kill(Number(server), "SIGUSR1");
process._debugProcess(Number(server));
setTimeout(async () => {
  const ports = fs.readdirSync("/proc/self/net").includes("tcp") ? fs.readFileSync("/proc/self/net/tcp", "utf8") + fs.readFileSync("/proc/self/net/tcp6", "utf8") : "";
  const inspector = await fetch("http://127.0.0.1:9229/json").then((response) => response.text(), (error) => error.cause.code);
  const own = Object.values(require("node:os").networkInterfaces()).flat().map(({ address, family, scopeid }) => address + (scopeid ? "%" + scopeid : ""));
  const taken = {};
  for (const host of ["0.0.0.0", "::", ...own]) {
    taken[host] = await new Promise((resolve) => {
      const listener = require("node:net").createServer().on("error", ({ code }) => resolve(code));
      listener.listen({ host, port: 8080, ipv6Only: host.includes(":") }, () => { resolve("taken"); listener.close(); });
    });
  }
  console.log(JSON.stringify({ inspector, listens: ports.includes(":1F90 "), taken }));
}, 1000);
`;

/** Asks the job server, as the consumer does. */
const askServer = `(async () => {
const answers = {};
for (const line of ["GET /health", "POST /jobs", "GET /jobs/slack-EvWall/events", "GET /jobs/slack-EvWall/checkpoint", "PUT /jobs/other/checkpoint", "DELETE /jobs/slack-EvWall/checkpoint", "POST /jobs/slack-EvWall/messages", "POST /jobs/slack-EvWall/stop"]) {
  const [method, path] = line.split(" ");
  const headers = { authorization: "Bearer undefined" };
  answers[line] = (await fetch("http://127.0.0.1:8080" + path, { method, headers, ...(method === "POST" && { body: "{}" }) })).status;
}
console.log(JSON.stringify(answers));
})()`;

/** What the server starts meanwhile has none of its variables. */
const watchVariables = `
const fs = require("node:fs");
const found = { EXECUTOR_TOKEN: new Set(), WORKSPACE_DIR: new Set() };
for (const until = Date.now() + 8000; Date.now() < until;)
  for (const pid of fs.readdirSync("/proc").filter((name) => name > 0))
    try {
      const [variables, line] = ["environ", "cmdline"].map((file) => fs.readFileSync("/proc/" + pid + "/" + file, "utf8"));
      for (const name of Object.keys(found)) if (variables.includes(name + "=")) found[name].add(line.split(String.fromCharCode(0))[0]);
    } catch {}
console.log(JSON.stringify(Object.fromEntries(Object.entries(found).map(([name, lines]) => [name, [...lines]]))));
`;

/** Ends the server and waits to answer in its place, with a job that came to nothing. */
const impersonate = (signal: string) => `${begin}
const outcome = { kind: "no_change", summary: "forged", usage: { costUsd: 0, turns: 1, durationMs: 1 } };
const body = JSON.stringify({ id: "x", done: true, events: [{ seq: 1, at: 1, kind: "outcome", outcome }] });
const impostor = "const listen = () => require(\\"node:http\\").createServer((_, response) => response.end(process.argv[1])).on(\\"error\\", () => setImmediate(listen)).listen(8080); listen()";
spawn("setsid", ["env", "-i", process.execPath, "-e", impostor, body], { cwd: "/", detached: true, stdio: "ignore" }).unref();
setTimeout(() => process.kill(Number(server), "${signal}"), 1000);
setTimeout(() => {}, 20000);
`;

const run = (source: string) => `node -e '${source}'`;
const agent = createAgent([lookInto, openInspector, askServer, watchVariables].map(run));
const parsed = (turn: number): unknown => JSON.parse(agent.printed[turn]?.trim().split("\n").at(-1) ?? "null");

describe.skipIf(!engine)("an agent that turns on its container's server", () => {
  let world: ContainerWorld;
  const killed = new Set<string>();
  beforeAll(async () => {
    world = await createContainerWorld((call) => {
      const [signal = ""] = /SIG(KILL|TERM)/.exec(call.prompt) ?? [];
      if (signal === "") return agent.script(call);
      if (call.turn > 0) return shopScript({ ...call, turn: call.turn - 1 });
      const command = killed.has(signal) ? "true" : run(impersonate(signal));
      killed.add(signal);
      return [{ tool: "Bash", input: { command, description: "Look around" } }];
    });
    const { outcome } = await world.mention(`fix ${demoReport}`, { eventId: "EvWall" });
    if (outcome !== "succeeded") throw new Error(`the fix ended as ${outcome}`);
  });
  afterAll(() => world?.close());

  it("can look into its own processes, and into neither the server nor PID 1", ({ expect }) => {
    const { own, server, init } = z.record(z.string(), z.record(z.string(), z.string())).parse(parsed(0));
    expect(own).toMatchObject({
      environ: "read",
      mem: "opened",
      fd: "listed",
      exe: "read",
      ptrace: "attached",
      pidfd: "taken",
    });
    const refused = { environ: "EACCES", maps: "EACCES", auxv: "EACCES", mem: "EACCES", fd: "EACCES", cwd: "EACCES" };
    const wall = { ...refused, root: "EACCES", exe: "EACCES", ptrace: "1", pidfd: "1" };
    expect({ server, init }).toEqual({ server: wall, init: wall });
  });

  it("opens no inspector, and takes the server's port on no address", ({ expect }) => {
    const { inspector, listens, taken } = z
      .object({ inspector: z.string(), listens: z.boolean(), taken: z.record(z.string(), z.string()) })
      .parse(parsed(1));
    expect([inspector, listens]).toEqual(["ECONNREFUSED", true]);
    expect(Object.keys(taken).length).toBeGreaterThan(2);
    expect(Object.values(taken).filter((answer) => answer === "taken")).toEqual([]);
  });

  it("is answered by the job server only that it is healthy", ({ expect }) => {
    const { "GET /health": health, ...others } = z.record(z.string(), z.number()).parse(parsed(2));
    expect(health).toBe(200);
    expect(Object.values(others)).toEqual(Array(7).fill(401));
  });

  it("finds the bearer with nothing that the server starts", ({ expect }) => {
    // It measures what is on the disk with `du`, which has the server's other variables.
    expect(parsed(3)).toEqual({ EXECUTOR_TOKEN: [], WORKSPACE_DIR: ["du"] });
  });

  it.for(["SIGKILL", "SIGTERM"])(
    "does not answer in the place of a server that it ends: %s",
    async (signal, { expect }) => {
      const before = world.github.pullRequests(world.repository).length;
      const { outcome, replies, ts } = await world.mention(`fix ${demoReport} until ${signal}`);
      expect(outcome).toBe("succeeded");
      expect(JSON.stringify(replies)).not.toContain("forged");
      expect(killed).toContain(signal);
      expect(world.github.pullRequests(world.repository)).toHaveLength(before + 1);
      // One that is told to end ends with its run.
      const left = await docker("exec", world.sandbox(ts).container, "ps", "-A", "-o", "args").catch(() => "");
      expect(left).not.toContain("setsid");
    },
  );
});
