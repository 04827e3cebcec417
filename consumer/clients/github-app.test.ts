import { beforeEach, afterEach, describe, it, vi } from "vitest";
import { type AppMemory, createAppAccess } from "./github-app.ts";

const apiUrl = "https://api.github.test";
const hour = 60 * 60_000;

interface Sent {
  line: string;
  authorization: string;
  body: unknown;
}
type Answer = { status?: number; body?: object; headers?: Record<string, string> };

let sent: Sent[];
let answers: Record<string, Answer[]>;
let known: AppMemory;
let nowMs: number;
let keys: CryptoKeyPair;
let privateKey: string;

beforeEach(async () => {
  [sent, answers, known, nowMs] = [[], {}, { installations: new Map(), tokens: new Map() }, Date.now()];
  const generated = await crypto.subtle.generateKey(
    { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ["sign", "verify"],
  );
  if (!("publicKey" in generated)) throw new TypeError("no key pair");
  keys = generated;
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  if (!(pkcs8 instanceof ArrayBuffer)) throw new TypeError("no bytes");
  privateKey = `-----BEGIN PRIVATE KEY-----\n${btoa(String.fromCharCode(...new Uint8Array(pkcs8)))}\n-----END PRIVATE KEY-----`;
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const { pathname } = new URL(url);
    const line = `${init.method ?? "GET"} ${pathname}`;
    const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
    sent.push({ line, authorization: new Headers(init.headers).get("authorization") ?? "", body });
    const { status = 200, body: answer, headers } = answers[line]?.shift() ?? defaultAnswer(pathname);
    return Response.json(answer ?? {}, { status, headers: headers ?? {} });
  });
});
afterEach(() => vi.unstubAllGlobals());

function defaultAnswer(pathname: string): Answer {
  if (pathname.endsWith("/installation")) return { body: { id: 7, suspended_at: null } };
  const expiresAt = new Date(nowMs + hour).toISOString();
  return { status: 201, body: { token: `ghs_${sent.length}`, expires_at: expiresAt } };
}
const access = (given: { privateKey?: string } = {}) =>
  createAppAccess({ appId: "4711", privateKey, apiUrl, now: () => nowMs, known, ...given });
const lookUp = "GET /repos/acme/shop/installation";
const mint = "POST /app/installations/7/access_tokens";

describe("an App's token", () => {
  it("is asked for with the App's own signature, narrowed to the repository and the purpose", async ({ expect }) => {
    const github = access();
    await github.token("acme/shop", "read");
    await github.token("acme/shop", "push");
    await github.token("acme/shop", "propose");
    expect(sent.map(({ line }) => line)).toEqual([lookUp, mint, mint, mint]);
    expect(sent.map(({ body }) => body).slice(1)).toEqual([
      { repositories: ["shop"], permissions: { metadata: "read", contents: "read", pull_requests: "read" } },
      { repositories: ["shop"], permissions: { metadata: "read", contents: "write" } },
      { repositories: ["shop"], permissions: { metadata: "read", contents: "read", pull_requests: "write" } },
    ]);
    expect(JSON.stringify(sent)).not.toContain("workflows");
    for (const { authorization } of sent) {
      const [head = "", claims = "", signature = ""] = authorization.replace(/^bearer /, "").split(".");
      const signed = new TextEncoder().encode(`${head}.${claims}`);
      const bytes = Uint8Array.from(atob(signature.replaceAll("-", "+").replaceAll("_", "/")), (one) =>
        one.charCodeAt(0),
      );
      expect(await crypto.subtle.verify("RSASSA-PKCS1-v1_5", keys.publicKey, bytes, signed)).toBe(true);
    }
  });

  it("is used again until five minutes before its end", async ({ expect }) => {
    const first = await access().token("acme/shop", "read");
    nowMs += hour - 5 * 60_000 - 1;
    expect(await access().token("Acme/Shop", "read")).toBe(first);
    nowMs += 1;
    expect(await access().token("acme/shop", "read")).not.toBe(first);
    expect(sent.map(({ line }) => line)).toEqual([lookUp, mint, mint]);
  });

  it.for([
    [10, 5],
    [4, 0],
  ] as const)(
    "that GitHub gives for %i minutes is used again for %i",
    async ([lifeMinutes, usedMinutes], { expect }) => {
      const end = new Date(nowMs + lifeMinutes * 60_000).toISOString();
      const minted = ["ghs_1", "ghs_2", "ghs_3"].map((token) => ({ body: { token, expires_at: end } }));
      answers = { [mint]: minted };
      const first = await access().token("acme/shop", "read");
      nowMs += Math.max(0, usedMinutes * 60_000 - 1);
      expect((await access().token("acme/shop", "read")) === first).toBe(usedMinutes > 0);
      nowMs += 1;
      expect(await access().token("acme/shop", "read")).not.toBe(first);
    },
  );

  it("is made once for calls that start together, and not shared with another request", async ({ expect }) => {
    const [one, other] = [access(), access()];
    const asked = [one.token("acme/shop", "read"), one.token("acme/shop", "read"), other.token("acme/shop", "read")];
    const [first, second, others] = await Promise.all(asked);
    expect(second).toBe(first);
    expect(others).not.toBe(first);
    expect(sent.map(({ line }) => line).toSorted()).toEqual([lookUp, lookUp, mint, mint]);
  });

  it("is asked for again after it could not be had", async ({ expect }) => {
    answers = { [mint]: [{ status: 502 }] };
    const github = access();
    await expect(github.token("acme/shop", "read")).rejects.toMatchObject({ retry: true });
    expect(await github.token("acme/shop", "read")).toMatch(/^ghs_/);
  });

  it("is made anew when GitHub has ended it", async ({ expect }) => {
    const first = await access().token("acme/shop", "read");
    expect(access().forget(first)).toBe(true);
    expect(await access().token("acme/shop", "read")).not.toBe(first);
  });

  it("is looked for at the new installation when the App was installed again", async ({ expect }) => {
    await access().token("acme/shop", "read");
    answers = { [mint]: [{ status: 404 }], [lookUp]: [{ body: { id: 8, suspended_at: null } }] };
    await access().token("acme/shop", "push");
    expect(sent.map(({ line }) => line).slice(2)).toEqual([mint, lookUp, mint.replace("7", "8")]);
  });
});

describe("no token, and what to do about it", () => {
  it.for<[string, Record<string, Answer[]>, RegExp]>([
    ["it is not installed", { [lookUp]: [{ status: 404 }] }, /may not see acme\/shop.*install the App/],
    ["it is suspended", { [lookUp]: [{ body: { id: 7, suspended_at: "2026-01-01T00:00:00Z" } }] }, /unsuspend/],
    [
      "it was suspended meanwhile",
      { [mint]: [{ status: 403, body: { message: "This installation has been suspended" } }] },
      /Whoever owns acme can unsuspend/,
    ],
    [
      "it lacks a permission",
      {
        [mint]: [{ status: 422, body: { message: "The permissions requested are not granted to this installation." } }],
      },
      /needs `metadata: read`, `contents: write`.*acme must accept/,
    ],
    [
      "it may not see this repository",
      { [mint]: [{ status: 422, body: { message: "There is at least one repository that does not exist…" } }] },
      /choose that repository/,
    ],
    [
      "id and key are of two Apps",
      { [lookUp]: [{ status: 401, body: { message: "A JSON web token could not be decoded" } }] },
      /GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY belong/,
    ],
  ])("when %s", async ([, given, reply], { expect }) => {
    answers = given;
    await expect(access().token("acme/shop", "push")).rejects.toMatchObject({
      name: "Failure",
      reply: expect.stringMatching(reply),
      retry: false,
    });
  });

  it("when GitHub asks to slow down, for as long as it says", async ({ expect }) => {
    answers = { [mint]: [{ status: 429, headers: { "retry-after": "7" } }] };
    await expect(access().token("acme/shop", "read")).rejects.toMatchObject({ retry: true, retryAfterMs: 7000 });
  });

  it("when the key is as GitHub handed it out: nothing is sent", async ({ expect }) => {
    const downloaded = privateKey.replaceAll("PRIVATE", "RSA PRIVATE");
    await expect(access({ privateKey: downloaded }).token("acme/shop", "read")).rejects.toMatchObject({
      reply: expect.stringContaining("openssl pkcs8 -topk8 -nocrypt"),
      retry: false,
    });
    expect(sent).toEqual([]);
  });
});
