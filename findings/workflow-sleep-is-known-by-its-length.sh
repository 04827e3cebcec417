#!/usr/bin/env bash
# A local Workflow knows a recorded sleep by its name and its length.
# miniflare 5.20261023.2-beta. A run is paused and resumed, so that it is replayed. A sleep that asks for the length of the first run
# is not slept again; one that asks for a millisecond more is, for all of its time. Whoever draws jitter for a back-off in the Workflow's
# own code, and not in a step, waits anew at every replay.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module","allowScripts":{"node":true,"workerd":true}}' > package.json
npm install --silent --no-audit --no-fund node@24.21.0 miniflare@5.20261023.2-beta

cat > probe.mjs <<'PROBE'
import { Miniflare, convertV4MiniflareOptions } from "miniflare";

const script = `
import { WorkflowEntrypoint } from "cloudflare:workers";
const seen = [];
export class Probe extends WorkflowEntrypoint {
  async run(event, step) {
    seen.push("run");
    const isFirst = seen.length === 1;
    const sleep = async (name, ms) => {
      const startedAt = Date.now();
      await step.sleep(name, ms);
      seen.push(name + (Date.now() - startedAt > 1000 ? " is slept" : " is not slept"));
    };
    await sleep("the same length", 1500);
    await sleep("another length", isFirst ? 1500 : 1501);
    await step.waitForEvent("wake", { type: "wake", timeout: "1 hour" });
  }
}
export default {
  async fetch(request, { PROBE }) {
    const act = new URL(request.url).pathname.slice(1);
    if (act === "seen") return Response.json(seen);
    if (act === "create") return Response.json(Boolean(await PROBE.create({ id: "one" })));
    const instance = await PROBE.get("one");
    if (act === "status") return Response.json((await instance.status()).status);
    await instance[act]();
    return Response.json(true);
  },
};`;
const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    cf: false,
    workers: [
      {
        name: "probe",
        modules: true,
        script,
        compatibilityDate: "2026-10-01",
        workflows: { PROBE: { name: "probe", className: "Probe" } },
      },
    ],
  }),
);
const ask = async (path) => (await miniflare.dispatchFetch(`http://probe/${path}`)).json();
const until = async (holds) => {
  for (let tries = 0; tries < 200; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`it did not come about: ${JSON.stringify(await ask("seen"))}`);
};
const has = async (what) => (await ask("seen")).includes(what);
const is = async (status) => (await ask("status")) === status;
await ask("create");
await until(() => has("another length is slept"));
await ask("pause");
await until(() => is("paused"));
await ask("resume");
await until(async () => (await ask("seen")).length === 6);
const seen = await ask("seen");
await miniflare.dispose();
console.log(seen.join("\n"));
const expected = ["run", "the same length is slept", "another length is slept", "run", "the same length is not slept", "another length is slept"];
process.exit(JSON.stringify(seen) === JSON.stringify(expected) ? 0 : 1);
PROBE
node_modules/.bin/node probe.mjs
