import { afterAll, beforeAll, describe, it } from "vitest";
import type { Script } from "../local/anthropic.ts";
import { demoReport, demoScript } from "../local/demo-repository.ts";
import type { Permissions } from "../local/github/app.ts";
import { createAppKey } from "../local/github/app-key.ts";
import { standInCredentials } from "../local/stand-ins.ts";
import { tryCredential } from "../consumer/clients/github-grants.ts";
import { diagnosisSchema } from "../shared/api.ts";
import { localAdminKey } from "../shared/local-admin-key.ts";
import { readSettings } from "../shared/settings.ts";
import { createWorld, type World } from "./world.ts";

const key = createAppKey();
let world: World;
/** While it works, every token made so far ends. */
const script: Script = (call) => {
  if (call.prompt.includes("case-expiry") && call.turn === 0) world.github.app?.endTokens();
  return demoScript(call);
};
beforeAll(async () => {
  world = await createWorld({
    script,
    variables: { BUGBOT_REPO: "acme/shop" },
    credentials: { ...standInCredentials, githubApp: key },
  });
});
afterAll(() => world?.close());

/** What each request with an App's token could do, by its line. */
function used(pattern: RegExp) {
  return world.github.requests
    .filter(({ method, path }) => pattern.test(`${method} ${path}`))
    .map(({ headers }) => {
      const [, scheme, value = ""] = /^(basic|token) (.+)$/i.exec(headers["authorization"] ?? "") ?? [];
      const token = scheme?.toLowerCase() === "basic" ? atob(value).replace(/^[^:]*:/, "") : value;
      return world.github.app?.minted.find((one) => one.token === token)?.permissions;
    });
}
const read = { contents: "read", metadata: "read", pull_requests: "read" };
const push = { contents: "write", metadata: "read" };
const propose = { contents: "read", metadata: "read", pull_requests: "write" };

describe("@bugbot fix with a GitHub App", () => {
  it("opens the pull request, each step with a token for that repository and step", async ({ expect }) => {
    const { outcome } = await world.mention(`fix ${demoReport}`);
    expect(outcome).toBe("succeeded");
    expect(world.github.pullRequests(world.repository)).toHaveLength(1);

    const minted = world.github.app?.minted ?? [];
    expect(minted.map(({ repositories }) => repositories)).toEqual(minted.map(() => ["shop"]));
    expect(new Set(used(/git-upload-pack/))).toEqual(new Set([read]));
    expect(new Set(used(/git-receive-pack/))).toEqual(new Set([push]));
    expect(used(/^POST \S+\/pulls$/)).toEqual([propose]);
    // Each is made once, and kept.
    expect(minted).toHaveLength(3);
    expect(minted.map(({ permissions }) => permissions)).toEqual([read, push, propose]);
  });

  it("keeps key and tokens out of logs, database, answers and pull request", async ({ expect }) => {
    const db = await world.database();
    const tables = ["commands", "conversations", "leases"];
    const rows = await Promise.all(tables.map((table) => db.prepare(`SELECT * FROM ${table}`).all()));
    const told = JSON.stringify([
      world.logs,
      rows.map(({ results }) => results),
      world.slack.requests.map(({ body }) => body),
      world.github.pullRequests(world.repository),
      world.anthropic.requests.map(({ body }) => body),
    ]);
    expect(told).not.toMatch(/ghs_/);
    expect(told).not.toContain(key.privateKey.split("\n")[1]);
  });

  it("survives the end of its tokens in the middle of a run", async ({ expect }) => {
    const { outcome } = await world.mention("fix https://github.com/acme/shop case-expiry");
    expect(outcome).toBe("succeeded");
    expect(world.github.pullRequests(world.repository)).toHaveLength(2);
  });

  it("is given a new token once where GitHub refuses one before its end, and then says what to do", async ({
    expect,
  }) => {
    const isRead = ({ operation }: { operation: string }) => operation === "GET /repos/acme/shop";
    const before = world.github.requests.filter(isRead).length;
    const minted = world.github.app?.minted.length ?? 0;
    world.github.fault(isRead, { status: 401, body: { message: "Bad credentials" }, times: 9 });
    const { outcome, replies } = await world.mention("fix https://github.com/acme/shop it is refused");
    world.github.mend();
    expect(outcome).toBe("refused");
    expect(replies.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^❌ GitHub refuses my access: .*tokens that it gives the GitHub App.*still installed/),
    ]);
    expect(world.github.requests.filter(isRead).length - before).toBe(2);
    expect((world.github.app?.minted.length ?? 0) - minted).toBeLessThanOrEqual(2);
  });

  it("says what to grant when the App may not push, and leaves nothing", async ({ expect }) => {
    const before = await world.github.branches(world.repository);
    world.github.app?.install("acme", { permissions: { contents: "read", metadata: "read", pull_requests: "write" } });
    world.github.app?.endTokens();
    const { outcome, replies } = await world.mention("fix https://github.com/acme/shop case-expiry once more");
    expect(outcome).toBe("failed");
    expect(replies.at(-1)?.text).toMatch(/lacks a permission on acme\/shop.*contents: write/);
    expect(await world.github.branches(world.repository)).toEqual(before);
  });

  it.for([
    ["suspended", () => world.github.app?.suspend("acme"), /suspended for acme.*unsuspend/],
    ["uninstalled", () => world.github.app?.uninstall("acme"), /may not see acme\/shop.*install the App/],
  ] as const)("says what to do when the App is %s, before the agent is asked", async ([, end, reply], { expect }) => {
    world.github.app?.install("acme");
    expect((await world.mention("fix https://github.com/acme/shop case-expiry again")).outcome).toBe("succeeded");
    end();
    const asked = world.anthropic.requests.length;
    const { outcome, replies } = await world.mention("fix https://github.com/acme/shop it is broken");
    expect(outcome).toBe("refused");
    expect(replies.map(({ text }) => text)).toEqual([expect.stringMatching(reply)]);
    expect(world.anthropic.requests).toHaveLength(asked);
  });
});

it("a damaged key ends a fix at once, and is named with all else that is wrong in the settings", async ({ expect }) => {
  const privateKey = key.privateKey.split("\n").toSpliced(9, 1).join(" ");
  const wrong = {
    SLACK_BOT_TOKN: "xoxb-1",
    DISCORD_MENTIONS: "no",
    EVIDENCE_SHOW_EMAILS: "yes",
    BUGBOT_ALLOWED_REGISTRIES: "https://npm.acme.test/",
  };
  const damaged = await createWorld({
    script,
    variables: { BUGBOT_REPO: "acme/shop", ...wrong },
    credentials: { ...standInCredentials, githubApp: { ...key, privateKey } },
  });
  try {
    const { outcome, replies } = await damaged.mention("fix https://github.com/acme/shop Apply twice");
    expect(outcome).toBe("refused");
    expect(replies.map(({ text }) => text)).toEqual([
      expect.stringMatching(/cannot sign in to GitHub.*Whoever runs bugbot must mend its key.*is damaged/),
    ]);
    expect(damaged.github.requests).toEqual([]);

    const health = await (await fetch(`${damaged.url}/health`)).text();
    const headers = { authorization: `Bearer ${localAdminKey}` };
    const { findings } = diagnosisSchema.parse(await (await fetch(`${damaged.url}/api/doctor`, { headers })).json());
    const told = findings.filter(({ check }) => check === "setting").map(({ detail }) => detail);
    for (const name of [...Object.keys(wrong), "GITHUB_APP_PRIVATE_KEY"]) {
      expect(health).toContain(`"${name} `);
      expect(told.filter((detail) => detail.startsWith(`${name} `))).toHaveLength(1);
    }
    expect(health).not.toMatch(/xoxb-1|npmjs|"no"|yes/);
    const token = findings.find(({ check }) => check === "token: GitHub");
    expect(token).toMatchObject({ state: "problem", detail: expect.stringContaining("is damaged") });
  } finally {
    await damaged.close();
  }
});

describe("doctor", () => {
  it.for<[string, Permissions, RegExp]>([
    ["may write", { contents: "write", pull_requests: "write" }, /^ok: good, and may write to acme\/shop/],
    ["only reads", { contents: "read", pull_requests: "read" }, /^problem: .*contents: write and pull_requests: write/],
    [
      "may change workflows",
      { contents: "write", pull_requests: "write", workflows: "write" },
      /^warning: .*workflows: write/,
    ],
  ])("knows an App that %s", async ([, permissions, expected], { expect }) => {
    world.github.app?.install("acme", { permissions: { metadata: "read", ...permissions } });
    const headers = { authorization: `Bearer ${localAdminKey}` };
    const { findings } = diagnosisSchema.parse(await (await fetch(`${world.url}/api/doctor`, { headers })).json());
    const found = findings.find(({ check }) => check === "token: GitHub");
    expect(`${found?.state}: ${found?.detail}`).toMatch(expected);
  });

  it("tries an App's key where no repository is named", async ({ expect }) => {
    const settings = readSettings({
      GITHUB_APP_ID: key.id,
      GITHUB_APP_PRIVATE_KEY: key.privateKey,
      GITHUB_API_URL: world.github.apiUrl,
    });
    await tryCredential(settings);
    const other = { ...settings, GITHUB_APP_PRIVATE_KEY: createAppKey().privateKey };
    await expect(tryCredential(other)).rejects.toMatchObject({ code: "github_refused", retry: false });
    const cut = { ...settings, GITHUB_APP_PRIVATE_KEY: "no key" };
    await expect(tryCredential(cut)).rejects.toMatchObject({ code: "github_app_key", retry: false });
    world.github.fault("GET /app", { status: 503 });
    await expect(tryCredential(settings)).rejects.toMatchObject({ code: "github_unreachable", retry: true });
  });
});
