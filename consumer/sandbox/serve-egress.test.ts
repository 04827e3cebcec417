import { afterEach, beforeEach, describe, it, vi } from "vitest";
import type { Lease } from "./lease.ts";
import { serveEgress } from "./serve-egress.ts";

const lease: Lease = {
  id: "lease",
  repository: "acme/shop",
  branch: "bugbot/bug-1",
  headBefore: null,
  models: ["sonnet"],
  expiresAt: 1000,
  closedAt: null,
};
const upstreams = {
  model: { url: "https://model.test", apiKey: "model-key" },
  git: { url: "https://git.test", token: "git-token" },
};
const none = "0".repeat(40);
const some = "a".repeat(40);

const sent: { url: string; headers: Headers; body: string }[] = [];
beforeEach(() => {
  sent.length = 0;
  vi.stubGlobal("fetch", async (url: URL, init: RequestInit) => {
    sent.push({ url: url.href, headers: new Headers(init.headers), body: await new Response(init.body).text() });
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
  const needs = { findLease: async () => ({ ...lease, ...over }), upstreams, log, now: () => 1 };
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

  it("is not led elsewhere by a redirect", async ({ expect }) => {
    const { response } = await ask("https://git.test/acme/shop.git/info/refs?service=git-upload-pack", {});
    expect(response.status).toBe(302);
    expect(response.headers.get("redirected")).toBe("manual");
    expect(sent).toHaveLength(1);
  });

  it("is a push to its own branch, byte for byte", async ({ expect }) => {
    await ask(receivePack, push(none, "refs/heads/bugbot/bug-1"));
    expect(sent.map(({ body }) => body)).toEqual([push(none, "refs/heads/bugbot/bug-1").body]);
    expect(sent[0]?.headers.get("authorization")).toBe(`Basic ${btoa("x-access-token:git-token")}`);
  });
});

describe("what the egress keeps inside, and logs", () => {
  it.for<[string, string, RequestInit, Partial<Lease>, RegExp]>([
    ["another model", "https://model.test/v1/messages", message("claude-opus-5"), {}, /may ask sonnet only/],
    ["no model", "https://model.test/v1/messages", { method: "POST", body: "{" }, {}, /may ask sonnet only/],
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
    expect(sent).toEqual([]);
    expect(logged).toEqual([expect.stringMatching(reason)]);
    expect(await response.text()).toMatch(reason);
  });
});
