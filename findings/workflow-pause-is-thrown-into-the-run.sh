#!/usr/bin/env bash
# Pausing a local Workflow throws into its run(), and what runs on there does its next step.
# miniflare 5.20261023.2-beta. An instance that waits for an event is paused. `step.waitForEvent` rejects with "Aborting engine: User called
# pause", as if the event had not come in time. Code that forgives that goes on: the next step's function is called once more, and only then
# its answer is that error, too. An error of that text has to leave run() as it is.
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
    try {
      seen.push("waits");
      await step.waitForEvent("wake", { type: "wake", timeout: "1 hour" });
    } catch (error) {
      seen.push("the wait: " + error.message);
      await step.do("next", async () => void seen.push("the next step is done"))
        .catch((late) => seen.push("the next step: " + late.message));
      throw error;
    }
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
await until(() => has("waits"));
await until(async () => {
  await ask("pause");
  return is("paused");
});
await until(async () => (await ask("seen")).length >= 4);
const seen = await ask("seen");
await miniflare.dispose();
console.log(seen.join("\n"));
const paused = "Aborting engine: User called pause";
const expected = ["waits", `the wait: ${paused}`, "the next step is done", `the next step: ${paused}`];
process.exit(JSON.stringify(seen) === JSON.stringify(expected) ? 0 : 1);
PROBE
node_modules/.bin/node probe.mjs
