import * as fc from "fast-check";
import { afterEach, beforeEach, it, vi } from "vitest";
import { fuzzed, fuzzTimeoutMs } from "../../shared/fuzz.ts";
import { serveEgress } from "./serve-egress.ts";
import { testLease as lease } from "./test-lease.ts";

const access = {
  token: async (_repository: string, purpose: string) => `${purpose}-token`,
  forget: () => false,
  whenUnknown: "",
  whenForbidden: () => "",
};
const upstreams = {
  model: { url: "https://model.test", apiKey: "model-key" },
  git: { url: "https://git.test", access },
  registries: () => ["registry.test"],
};
const none = "0".repeat(40);
const pkt = (text: string) => (text.length + 4).toString(16).padStart(4, "0") + text;
const push = (ref: string) => `${pkt(`${none} ${"a".repeat(40)} ${ref}\0 report-status`)}0000PACK`;

const sent: { url: URL; method: string; headers: Headers; body: string }[] = [];
beforeEach(() => {
  vi.stubGlobal("fetch", async (url: URL, init: RequestInit) => {
    const body = await new Response(init.body).text();
    sent.push({ url, method: init.method ?? "GET", headers: new Headers(init.headers), body });
    return new Response(sent.length % 3 === 0 ? "not what was asked for" : "{}");
  });
});
afterEach(() => vi.unstubAllGlobals());

const host = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("model.test", "git.test", "registry.test") },
  fc.constantFrom(
    "model.test:444",
    "model.test.evil.test",
    "git.test@evil.test",
    "127.0.0.1",
    "169.254.169.254",
    "[::1]",
  ),
  fc.domain(),
);
const path = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("/v1/messages", "/v1/messages/count_tokens", "/v1/messages/../files") },
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        fc.constantFrom("acme/shop", "Acme/Shop", "acme/other", "acme%2Fshop", "acme/shop/../other"),
        fc.constantFrom("", ".git"),
        fc.constantFrom("/info/refs", "/git-upload-pack", "/git-receive-pack", "/HEAD", ""),
        fc.constantFrom("", "?service=git-upload-pack", "?service=git-receive-pack", "?service=x"),
      )
      .map(([repository, end, service, query]) => `/${repository}${end}${service}${query}`),
  },
  fc.webPath({ size: "small" }),
);
const body = fc.oneof(
  fc.constantFrom(push("refs/heads/bugbot/bug-1"), push("refs/heads/main"), "0000PACK", "0000", ""),
  fc
    .constantFrom("claude-sonnet-5", "claude-opus-5", "sonnet", 7, null)
    .map((model) => JSON.stringify({ model, max_tokens: 10, messages: [] })),
  fc.json(),
  fc.string({ unit: "binary", maxLength: 80 }),
);
const headers = fc.dictionary(
  fc.constantFrom(
    "authorization",
    "x-api-key",
    "cookie",
    "content-encoding",
    "content-type",
    "anthropic-beta",
    "x-forwarded-for",
  ),
  fc.constantFrom("stolen", "gzip", "identity", "br", "application/json"),
);
/** What an honest run asks, in part. */
const usual = fc
  .constantFrom(
    ["POST", "model.test", "/v1/messages", JSON.stringify({ model: "claude-sonnet-5", max_tokens: 10, messages: [] })],
    ["GET", "git.test", "/acme/shop.git/info/refs?service=git-upload-pack", ""],
    ["POST", "git.test", "/acme/shop.git/git-upload-pack", "0000"],
    ["POST", "git.test", "/acme/shop.git/git-receive-pack", push("refs/heads/bugbot/bug-1")],
    ["GET", "registry.test", "/lodash", ""],
  )
  .map(([method = "", toHost = "", toPath = "", said = ""]) => ({ method, host: toHost, path: toPath, body: said }));
const unusual = fc.record({
  scheme: fc.constantFrom("https", "https", "https", "http"),
  host,
  path,
  method: fc.constantFrom("GET", "POST", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"),
  headers,
  body,
});
const asked = fc.oneof(
  unusual,
  fc.tuple(unusual, usual).map(([one, other]) => ({ ...one, ...other, scheme: "https" })),
  fc
    .tuple(unusual, usual, fc.constantFrom("method" as const, "host" as const, "path" as const, "body" as const))
    .map(([one, other, changed]) => ({ ...one, ...other, scheme: "https", [changed]: one[changed] })),
);

it(
  "whatever a container asks, it is answered, and nothing goes out but what its lease names",
  { timeout: fuzzTimeoutMs },
  async ({ expect }) => {
    let passed = 0;
    const needs = {
      findLease: async () => lease,
      notePush: async () => true,
      upstreams,
      spending: { admit: async () => ({ kind: "admitted" as const, microUsd: 1e7 }), settle: async () => undefined },
      waitUntil: (work: Promise<unknown>) => void work,
      log: () => undefined,
      now: () => 1,
    };
    await fc.assert(
      fc.asyncProperty(asked, async (one) => {
        const given = `${one.scheme}://${one.host}${one.path}`;
        if (!URL.canParse(given)) return;
        const hasBody = one.method !== "GET" && one.method !== "HEAD";
        const request = new Request(given, {
          method: one.method,
          headers: one.headers,
          ...(hasBody && { body: one.body }),
        });
        const response = await serveEgress(request, "lease", needs);
        await response.arrayBuffer();
        if (response.status >= 500) throw new Error(`answered ${response.status}`);
        for (const { url, method, headers: own, body: went } of sent.splice(0)) {
          passed += 1;
          const credential = own.get("authorization") ?? own.get("x-api-key") ?? "";
          const where = `${method} ${url.origin}${url.pathname}`;
          switch (url.origin) {
            case "https://model.test":
              if (!/^POST \S+\/v1\/messages(\/count_tokens)?$/.test(where) || !went.includes("sonnet"))
                throw new Error(where);
              if (own.get("x-api-key") !== "model-key") throw new Error("without its key");
              break;
            case "https://git.test":
              if (!/\/acme\/shop(\.git)?\/(info\/refs|git-\w+-pack)$/i.test(url.pathname)) throw new Error(where);
              if (url.pathname.endsWith("/git-receive-pack") && went.includes("refs/heads/main"))
                throw new Error("main");
              if (!credential.startsWith("Basic ")) throw new Error("without its token");
              break;
            case "https://registry.test":
              if ((method !== "GET" && method !== "HEAD") || credential !== "" || went !== "") throw new Error(where);
              break;
            default:
              throw new Error(`${where} is not the lease's`);
          }
          if (/stolen/.test(credential + (own.get("cookie") ?? ""))) throw new Error("the container's own credential");
        }
      }),
      fuzzed(1_000),
    );
    expect(passed).toBeGreaterThan(50);
  },
);
