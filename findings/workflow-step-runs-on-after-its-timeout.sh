#!/usr/bin/env bash
# A local Workflow's step that timed out goes on running beside its retry.
# miniflare 5.20261023.2-beta. The first attempt takes longer than the step's timeout. The second one begins, answers, and the Workflow goes
# on; then the code of the first attempt does what it had still to do. Nothing aborts it, and it is told nothing.
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
    const options = { retries: { limit: 1, delay: 100 }, timeout: 500 };
    const answer = await step.do("slow", options, async ({ attempt }) => {
      seen.push("attempt " + attempt + " begins");
      if (attempt === 1) {
        await scheduler.wait(2500);
        seen.push("attempt 1 acts");
      }
      return attempt;
    });
    seen.push("the step answers with attempt " + answer);
    await step.sleep("a while", 3000);
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
await until(() => is("complete"));
const seen = await ask("seen");
await miniflare.dispose();
console.log(seen.join("\n"));
const expected = ["attempt 1 begins", "attempt 2 begins", "the step answers with attempt 2", "attempt 1 acts"];
process.exit(JSON.stringify(seen) === JSON.stringify(expected) ? 0 : 1);
PROBE
node_modules/.bin/node probe.mjs
