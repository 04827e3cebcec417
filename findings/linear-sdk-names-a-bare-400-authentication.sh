#!/usr/bin/env bash
# @linear/sdk 98.0.0 names an answer of 400 without a GraphQL body an authentication error.
# @linear/sdk 98.0.0. A proxy's or a gateway's 400, 404, 408 or 413 with a page instead of GraphQL errors becomes an AuthenticationLinearError.
# Whoever tells people to check their API key then is wrong: the key was never looked at. And an error that only its `extensions.code`
# names (RATELIMITED) is not known as a rate limit.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module","allowScripts":{"node":true,"workerd":true}}' > package.json
npm install --silent --no-audit --no-fund @linear/sdk@98.0.0

cat > probe.mjs <<'PROBE'
import { parseLinearError, RatelimitedLinearError } from "@linear/sdk";

const page = { error: "<html><body>Bad request</body></html>", errors: [], headers: new Headers() };
const nameOf = (status) => parseLinearError({ response: { status, ...page } }).constructor.name;
const names = [400, 404, 408, 413].map((status) => `${status}: ${nameOf(status)}`);
const limited = { message: "Slow down", extensions: { code: "RATELIMITED" } };
const error = parseLinearError({ response: { status: 400, headers: new Headers(), errors: [limited] } });
const seen = [...names, `by its code alone: ${error instanceof RatelimitedLinearError ? "a rate limit" : "no rate limit"}`];
console.log(seen.join("\n"));
const areAll = names.every((name) => name.endsWith(": AuthenticationLinearError"));
process.exit(areAll && seen.at(-1).endsWith("no rate limit") ? 0 : 1);
PROBE
node probe.mjs
