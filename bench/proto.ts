import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { createPerson } from "../local/slack/events.ts";
import { createWorkspace } from "../local/slack/workspace.ts";
import { freePort } from "../local/free-port.ts";
const secret = "s3cr3t-s3cr3t";
const child = spawn(process.execPath, [join(import.meta.dirname, "instant-server.ts")], {
  stdio: ["pipe", "pipe", "inherit"],
});
const [chunk] = await once(child.stdout, "data");
const slackUrl = `http://127.0.0.1:${String(chunk).trim()}/api`;
const bundles = process.argv.slice(2);
const names = ["bare", "bareReact", ...bundles.map((b) => b.split("/").at(-2) ?? b)];
const ports: Record<string, number> = {};
for (const n of names) ports[n] = await freePort();
const read = (f: string) => readFileSync(f, "utf8");
const common = (name: string, contents: string, bindings: Record<string, string>) => ({
  name,
  compatibilityDate: "2026-10-01",
  modules: [{ type: "ESModule" as const, path: "/index.js", contents }],
  modulesRoot: "/",
  bindings,
  queueProducers: { COMMANDS: "bugbot-commands" },
  unsafeDirectSockets: [{ host: "127.0.0.1", port: ports[name]! }],
});
const bare = read(join(import.meta.dirname, "gateway/bare-worker.js"));
const mf = new Miniflare(
  convertV4MiniflareOptions({
    host: "127.0.0.1",
    port: 0,
    cf: false,
    log: new Log(LogLevel.NONE),
    handleStructuredLogs: ({ message }) => console.log("LOG", message),
    workers: [
      {
        name: "sink",
        compatibilityDate: "2026-10-01",
        modules: [
          {
            type: "ESModule" as const,
            path: "/sink.js",
            contents: read(join(import.meta.dirname, "gateway/sink-worker.js")),
          },
        ],
        modulesRoot: "/",
        queueConsumers: { "bugbot-commands": { maxBatchSize: 100, maxBatchTimeout: 1 } },
      },
      common("bare", bare, { SLACK_SIGNING_SECRET: secret }),
      common("bareReact", bare, { SLACK_SIGNING_SECRET: secret, REACTION_URL: `${slackUrl}/reactions.add` }),
      ...bundles.map((b, i) =>
        common(names[i + 2]!, read(b), {
          SLACK_SIGNING_SECRET: secret,
          SLACK_BOT_TOKEN: "xoxb-bench",
          SLACK_API_URL: slackUrl,
        }),
      ),
    ],
  }),
);
await mf.ready;
const person = createPerson(
  createWorkspace({
    teamId: "T0ACME",
    domain: "acme",
    appId: "A",
    botId: "B",
    bot: { id: "U0BUGBOT", name: "bugbot", realName: "b", isBot: true },
    acceptUnknownThreads: false,
  }),
  secret,
);
const template = person.mention(
  "fix https://github.com/acme/shop Pressing Apply twice takes the discount code off twice. Customers noticed.",
  { eventId: "EvTEMPLATE" },
).body;
let serial = 0;
const makeEvents = (n: number) =>
  Array.from({ length: n }, () => {
    const body = template.replaceAll("EvTEMPLATE", `Ev${++serial}`);
    return {
      body: Buffer.from(body),
      headers: {
        "content-type": "application/json",
        "content-length": String(Buffer.byteLength(body)),
        ...person.sign(body),
      },
    };
  });
const conns = Number(process.env["CONNS"] ?? 8);
async function round(port: number, n: number) {
  const events = makeEvents(n);
  const agent = new Agent({ keepAlive: true, maxSockets: conns });
  const lat: number[] = [];
  let next = 0;
  const one = ({ body, headers }: (typeof events)[0]) =>
    new Promise<void>((resolve, reject) => {
      const t = performance.now();
      const req = request({ host: "127.0.0.1", port, path: "/slack/events", method: "POST", agent, headers }, (res) => {
        res.resume();
        res.once("end", () => {
          lat.push(performance.now() - t);
          res.statusCode === 200 ? resolve() : reject(new Error(String(res.statusCode)));
        });
      });
      req.once("error", reject);
      req.end(body);
    });
  const t0 = performance.now();
  await Promise.all(
    Array.from({ length: conns }, async () => {
      for (let e = events[next++]; e; e = events[next++]) await one(e);
    }),
  );
  const wall = performance.now() - t0;
  agent.destroy();
  return { rps: (n / wall) * 1000, lat };
}
const N = Number(process.env["N"] ?? 1500),
  R = Number(process.env["R"] ?? 7);
for (const n of names) await round(ports[n]!, 1000);
const out: Record<string, { rps: number[]; lat: number[] }> = Object.fromEntries(
  names.map((n) => [n, { rps: [], lat: [] }]),
);
for (let r = 0; r < R; r++)
  for (const n of r % 2 ? names.toReversed() : names) {
    const { rps, lat } = await round(ports[n]!, N);
    out[n]!.rps.push(rps);
    out[n]!.lat.push(...lat);
    await new Promise((r) => setTimeout(r, 300));
  }
const med = (a: number[], q = 0.5) => a.toSorted((x, y) => x - y)[Math.floor(a.length * q)]!;
for (const n of names) {
  const o = out[n]!;
  console.log(
    n.padEnd(22),
    "rps",
    med(o.rps).toFixed(0),
    "p50",
    med(o.lat).toFixed(2),
    "p99",
    med(o.lat, 0.99).toFixed(2),
    "ratio vs bare",
    med(o.rps.map((v, i) => v / out["bare"]!.rps[i]!)).toFixed(3),
    "vs bareReact",
    med(o.rps.map((v, i) => v / out["bareReact"]!.rps[i]!)).toFixed(3),
  );
}
await mf.dispose();
child.kill();
