#!/usr/bin/env bash
# @octokit/auth-app 8.3.1 hands out a cached installation token after its expires_at.
# @octokit/auth-app 8.3.1. GitHub answers with a token that ends in a second. Two seconds later the same token is handed out again, and
# GitHub is not asked: the cache has a time of its own, 59 minutes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module","allowScripts":{"node":true,"workerd":true}}' > package.json
npm install --silent --no-audit --no-fund @octokit/auth-app@8.3.1 @octokit/request@10.0.5

cat > probe.mjs <<'PROBE'
import { generateKeyPairSync } from "node:crypto";
import { createAppAuth } from "@octokit/auth-app";
import { request } from "@octokit/request";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
let asked = 0;
const fetch = async () => {
  asked += 1;
  const answer = { token: `token-${asked}`, expires_at: new Date(Date.now() + 1000).toISOString(), permissions: { contents: "read" } };
  return Response.json({ ...answer, repository_selection: "all" }, { status: 201 });
};
const auth = createAppAuth({ appId: 1, privateKey, request: request.defaults({ request: { fetch } }) });
const first = await auth({ type: "installation", installationId: 7 });
await new Promise((resolve) => setTimeout(resolve, 2000));
const second = await auth({ type: "installation", installationId: 7 });
const isOver = Date.parse(second.expiresAt) < Date.now();
console.log(`${first.token}, then ${second.token}, which is ${isOver ? "over" : "good"}; asked ${asked} time(s)`);
process.exit(second.token === first.token && isOver && asked === 1 ? 0 : 1);
PROBE
node probe.mjs
