#!/usr/bin/env bash
# @slack/web-api 8.2.0: a 429 whose Retry-After is a date is no rate limit, but an error without a code.
# @slack/web-api 8.2.0 with rejectRateLimitedCalls and no retries. Retry-After in seconds gives RateLimitedError with retryAfter. As an HTTP date,
# which RFC 9110 allows as well, or absent, it gives a plain Error without a code, so that nothing tells it from a bug.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module","allowScripts":{"node":true,"workerd":true}}' > package.json
npm install --silent --no-audit --no-fund @slack/web-api@8.2.0

cat > probe.mjs <<'PROBE'
import { ErrorCode, WebClient } from "@slack/web-api";

const ask = async (headers) => {
  const client = new WebClient("xoxb-none", {
    slackApiUrl: "https://slack.invalid/api/",
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    fetch: async () => Response.json({ ok: false, error: "ratelimited" }, { status: 429, headers }),
  });
  const error = await client.auth.test().catch((thrown) => thrown);
  return `${error.name} ${error.code === ErrorCode.RateLimitedError ? `after ${error.retryAfter} s` : `with code ${error.code}`}`;
};
const seconds = await ask({ "retry-after": "3" });
const date = await ask({ "retry-after": new Date(Date.now() + 3000).toUTCString() });
const absent = await ask({});
console.log(`seconds: ${seconds}\ndate: ${date}\nabsent: ${absent}`);
const isPlain = (seen) => seen.endsWith("with code undefined");
process.exit(seconds.endsWith("after 3 s") && isPlain(date) && isPlain(absent) ? 0 : 1);
PROBE
node probe.mjs
