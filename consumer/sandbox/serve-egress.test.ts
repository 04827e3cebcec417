import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { Failure } from "../../shared/failure.ts";
import type { GitHubAccess } from "../clients/github-access.ts";
import type { Lease } from "./lease.ts";
import { serveEgress } from "./serve-egress.ts";
import { testLease as lease } from "./test-lease.ts";

/** Tokens that say what they were made for; those in `ended` are no longer taken. */
const ended = new Set<string>();
const minted: string[] = [];
const forgotten: string[] = [];
const access: GitHubAccess = {
  token: async (repository, purpose) => {
    if (repository === "acme/hidden") throw new Failure("hidden", { reply: "The App is not installed.", retry: false });
    const token = `${purpose}-${repository}-${minted.length}`;
    minted.push(token);
    return token;
  },
  forget: (token) => {
    forgotten.push(token);
    return ended.has(token);
  },
  whenUnknown: "look at the App",
  whenForbidden: () => "",
};
const upstreams = {
  model: { url: "https://model.test", apiKey: "model-key" },
  git: { url: "https://git.test", access },
  registries: () => ["registry.test"],
};
const basic = (token: string) => `Basic ${btoa(`x-access-token:${token}`)}`;
const none = "0".repeat(40);
const some = "a".repeat(40);

const sent: { url: string; headers: Headers; body: string }[] = [];
beforeEach(() => {
  for (const list of [sent, minted, forgotten]) list.length = 0;
  ended.clear();
  vi.stubGlobal("fetch", async (url: URL, init: RequestInit) => {
    const headers = new Headers(init.headers);
    sent.push({ url: url.href, headers, body: await new Response(init.body).text() });
    if ([...ended].some((token) => headers.get("authorization") === basic(token)))
      return new Response(null, { status: 401 });
    return new Response(null, {
      status: 302,
      headers: { location: "https://elsewhere.test", redirected: String(init.redirect) },
    });
  });
});
afterEach(() => vi.unstubAllGlobals());

async function ask(url: string, init: RequestInit, over: Partial<Lease> = {}) {
  const logged: string[] = [];
  const log = (event: string, facts: Record<string, unknown> = {}) =>
    void logged.push(`${event} ${String(facts["reason"])}`);
  const needs = {
    findLease: async () => ({ ...lease, ...over }),
    notePush: async () => true,
    upstreams,
    spending: { admit: async () => ({ kind: "admitted" as const, microUsd: 1e7 }), settle: async () => undefined },
    waitUntil: (work: Promise<unknown>) => void work,
    log,
    now: () => 1,
  };
  const response = await serveEgress(new Request(url, init), "lease", needs);
  return { response, logged };
}
const message = (model: string, headers: Record<string, string> = {}) => ({
  method: "POST",
  headers,
  body: JSON.stringify({ model }),
});
function pkt(text: string): string {
  return (text.length + 4).toString(16).padStart(4, "0") + text;
}
const push = (old: string, ref: string) => ({
  method: "POST",
  body: `${pkt(`${old} ${some} ${ref}\0 report-status`)}0000PACK`,
});
const receivePack = "https://git.test/acme/shop.git/git-receive-pack";

describe("what passes the egress", () => {
  it("carries the real credential and none of the container's own", async ({ expect }) => {
    const own = { "x-api-key": "placeholder", authorization: "Bearer stolen", cookie: "a=b", "anthropic-version": "1" };
    await ask("https://model.test/v1/messages", message("claude-sonnet-5", own));
    const [{ headers } = { headers: new Headers() }] = sent;
    expect(Object.fromEntries(headers)).toMatchObject({ "x-api-key": "model-key", "anthropic-version": "1" });
    expect(headers.has("authorization") || headers.has("cookie")).toBe(false);
  });

  it("carries no header and no beta that nobody knows", async ({ expect }) => {
    const beta = "effort-2025-11-24, fast-mode-2026-02-01,code-execution-2025-08-25";
    const own = { "anthropic-beta": beta, upgrade: "websocket", "x-forwarded-host": "evil.test", "x-app": "cli" };
    await ask("https://model.test/v1/messages", message("claude-sonnet-5", own));
    const [{ headers } = { headers: new Headers() }] = sent;
    expect(headers.get("anthropic-beta")).toBe("effort-2025-11-24");
    expect([headers.has("upgrade"), headers.has("x-forwarded-host"), headers.get("x-app")]).toEqual([
      false,
      false,
      "cli",
    ]);
  });

  it("is not led elsewhere by a redirect", async ({ expect }) => {
    const { response } = await ask("https://git.test/acme/shop.git/info/refs?service=git-upload-pack", {});
    expect(response.status).toBe(302);
    expect(response.headers.get("redirected")).toBe("manual");
    expect(sent).toHaveLength(1);
  });

  it("is a push to its own branch, byte for byte", async ({ expect }) => {
    await ask(receivePack, push(none, "refs/heads/bugbot/bug-1"));
    expect(sent.map(({ body }) => body)).toEqual([push(none, "refs/heads/bugbot/bug-1").body]);
    expect(sent[0]?.headers.get("authorization")).toBe(basic("push-acme/shop-0"));
  });

  it("is reading with a token that only reads", async ({ expect }) => {
    await ask("https://git.test/acme/shop.git/info/refs?service=git-upload-pack", {});
    await ask("https://git.test/acme/shop.git/git-upload-pack", { method: "POST", body: "want" });
    expect(minted).toEqual(["read-acme/shop-0", "read-acme/shop-1"]);
  });

  it("asks again with a new token when GitHub has ended the old one", async ({ expect }) => {
    ended.add("push-acme/shop-0");
    const { response } = await ask("https://git.test/acme/shop.git/info/refs?service=git-receive-pack", {});
    expect(response.status).toBe(302);
    expect(sent.map(({ headers }) => headers.get("authorization"))).toEqual(
      ["push-acme/shop-0", "push-acme/shop-1"].map(basic),
    );
  });

  it("does not ask a third time: git shows what to do", async ({ expect }) => {
    for (const number of [0, 1, 2]) ended.add(`read-acme/shop-${number}`);
    const { response, logged } = await ask("https://git.test/acme/shop.git/info/refs?service=git-upload-pack", {});
    expect(sent).toHaveLength(2);
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/ERR bugbot: GitHub refuses my access: look at the App\.$/);
    expect(logged).toEqual([expect.stringContaining("look at the App")]);
  });

  it.for([
    ["https://git.test/acme/shop.git/git-upload-pack", { method: "POST", body: "want" }, "read-acme/shop-0"],
    [receivePack, push(none, "refs/heads/bugbot/bug-1"), "push-acme/shop-0"],
  ] as const)(
    "forgets a token that GitHub ended in the middle, so that git can ask anew: %s",
    async (given, { expect }) => {
      const [url, init, token] = given;
      ended.add(token);
      const { response } = await ask(url, init);
      // git takes a 401 for a question that nobody is there to answer, and a 502 for trouble that passes.
      expect(response.status).toBe(502);
      expect({ forgotten, sent: sent.length }).toEqual({ forgotten: [token], sent: 1 });
    },
  );
});

it("reads a package without the credentials that the container makes up", async ({ expect }) => {
  const own = { authorization: "Bearer stolen", cookie: "a=b", "x-api-key": "c", accept: "application/json" };
  await ask("https://registry.test/left-pad", { headers: own });
  expect(sent.map(({ url }) => url)).toEqual(["https://registry.test/left-pad"]);
  expect(Object.keys(Object.fromEntries(sent[0]?.headers ?? []))).toEqual(["accept"]);
  expect(minted).toEqual([]);
});

describe("what the egress keeps inside, and logs", () => {
  it.for<[string, string, RequestInit, Partial<Lease>, RegExp]>([
    ["another model", "https://model.test/v1/messages", message("claude-opus-5"), {}, /may ask sonnet only/],
    ["no model", "https://model.test/v1/messages", { method: "POST", body: "{" }, {}, /not a question to a model/],
    ["another branch", receivePack, push(none, "refs/heads/main"), {}, /may push bugbot\/bug-1 only/],
    [
      "a branch that is not where the run began",
      receivePack,
      push(some, "refs/heads/bugbot/bug-1"),
      {},
      /not where this run began/,
    ],
    [
      "a new branch where there was one",
      receivePack,
      push(none, "refs/heads/bugbot/bug-1"),
      { headBefore: some },
      /not where this run began/,
    ],
    ["what is no push", receivePack, { method: "POST", body: "hello" }, {}, /not a git push/],
    [
      "git where GitHub gives no token",
      "https://git.test/acme/hidden.git/git-upload-pack",
      { method: "POST", body: "want" },
      { repository: "acme/hidden" },
      /The App is not installed/,
    ],
    ["another host", "https://evil.test/", {}, {}, /not reachable/],
    [
      "anything after the end",
      "https://model.test/v1/messages",
      message("claude-sonnet-5"),
      { closedAt: 1 },
      /is over/,
    ],
  ])("%s", async ([, url, init, over, reason], { expect }) => {
    const { logged, response } = await ask(url, init, over);
    expect([...sent, ...minted]).toEqual([]);
    expect(logged).toEqual([expect.stringMatching(reason)]);
    expect(await response.text()).toMatch(reason);
  });
});
