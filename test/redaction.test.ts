import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, it, type ExpectStatic } from "vitest";
import { unseal } from "../consumer/stores/seal.ts";
import type { Script } from "../local/anthropic.ts";
import { demoScript } from "../local/demo-repository.ts";
import { standInCredentials } from "../local/stand-ins.ts";
import { createWorld, type World } from "./world.ts";

const run = promisify(execFile);
const checkpointKey = "ck_live-Zebra_7fQ-2mB7_vT4-zL0pWd8_Rc5-yHs1AA";
const adminKey = `bm_${"0123456789abcdef".repeat(4)}`;
const secrets = [...Object.values(standInCredentials), checkpointKey, adminKey];
/** As they are, in base64, and as git sends them. */
const printed = [...secrets, ...secrets.flatMap((secret) => [btoa(secret), btoa(`x-access-token:${secret}`)])];
/** The last letters of base64 hold less than a letter of the secret. */
const canaries = printed.map((form) => (secrets.includes(form) ? form : form.replace(/.?=*$/, "")));
const all = printed.join(" ");

/** Repairs the shop, and prints every credential wherever a model can, as if it had found them. */
const script: Script = (call) => {
  const turn = demoScript(call);
  if (!Array.isArray(turn)) return turn;
  const spoken = turn.map((block) => {
    if ("text" in block) {
      const isLast = turn.length === 1;
      // A line of this kind goes into the pull request, and not into the commit.
      const found = isLast && !call.said.includes("case-commit") ? `Found-by: ${all}` : all;
      return { text: `${block.text}\n\n${found}` };
    }
    if (block.tool !== "Bash") return block;
    return { ...block, input: { ...block.input, description: all } };
  });
  return call.turn === 0 ? [...spoken, { tool: "Read", input: { file_path: `${call.cwd}/${secrets[0]}` } }] : spoken;
};

/** Also where Markdown escapes it, or JSON that. */
function held(text: string): string[] {
  const read = text.replaceAll("\\", "");
  return canaries.filter((canary) => text.includes(canary) || read.includes(canary));
}

/** Nothing of them in what bugbot says, writes down or keeps. */
async function expectNone(world: World, expect: ExpectStatic): Promise<void> {
  for (const [name, { requests }] of Object.entries({
    slack: world.slack,
    linear: world.linear,
    github: world.github,
    posthog: world.posthog,
  })) {
    expect(held(JSON.stringify(requests.map(({ path, body }) => [path, body]))), name).toEqual([]);
  }
  const files = [...world.slack.workspace.files.values()].map(({ content }) => content);
  expect(held(JSON.stringify(files)), "files").toEqual([]);
  expect(held(world.logs.join("\n")), "logs").toEqual([]);
  const db = await world.database();
  const { results: tables } = await db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  expect(tables.length).toBeGreaterThan(10);
  for (const { name } of tables) {
    if (String(name).startsWith("_cf_")) continue;
    const { results } = await db.prepare(`SELECT * FROM "${String(name)}"`).all();
    expect(held(JSON.stringify(results)), String(name)).toEqual([]);
  }
}

const variables = { BUGBOT_CHECKPOINT_KEY: checkpointKey, BUGBOT_ADMIN_KEY: adminKey };

describe("every credential, printed by the model", () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld({ script, variables });
  });
  afterAll(() => world?.close());

  async function messages(...of: string[]): Promise<string> {
    const folder = join(world.github.folder, `${world.repository}.git`);
    return (await run("git", ["-C", folder, "log", "--format=%B", ...of])).stdout;
  }

  it("is nowhere in what bugbot says or keeps", async ({ expect }) => {
    const { outcome, replies } = await world.mention("fix https://github.com/acme/shop Apply twice counts twice");
    expect(outcome, JSON.stringify(replies)).toBe("succeeded");
    const [pull] = world.github.pullRequests(world.repository);
    expect(pull?.body).toContain("Found-by: [redacted] [redacted]");
    expect(held(JSON.stringify(pull))).toEqual([]);
    expect(held(await messages("--all"))).toEqual([]);
    await expectNone(world, expect);
  });

  it("stands in the session alone, which says what the model said, and is sealed", async ({ expect }) => {
    const bucket = await world.workers.getR2Bucket("CHECKPOINTS", "bugbot-consumer");
    const { objects } = await bucket.list();
    expect(objects).toHaveLength(1);
    const key = objects[0]?.key ?? "";
    const sealed = new Uint8Array((await (await bucket.get(key))?.arrayBuffer()) ?? []);
    expect(held(Buffer.from(sealed).toString("latin1"))).toEqual([]);
    const conversation = decodeURIComponent(key.replace("conversations/", ""));
    const opened = await unseal(checkpointKey, conversation, sealed);
    const content = Buffer.from(opened?.content ?? new ArrayBuffer());
    const plain = (content[0] === 0x1f ? gunzipSync(content) : content).toString();
    expect(held(plain)).toEqual(expect.arrayContaining(secrets));
  });

  it("is not kept of what somebody typed in the thread before", async ({ expect }) => {
    const [secret = ""] = secrets;
    const { message } = world.slack.mention(`Apply with ${secret} counts twice`, {
      user: "U0BOB",
      channel: world.channel,
    });
    const asked = world.anthropic.requests.length;
    for (const command of ["contextualize", "fix"]) {
      const text = `${command} https://github.com/acme/shop`;
      const { outcome } = await world.mention(text, { threadTs: message.ts });
      expect(outcome).toBe("succeeded");
    }
    expect(JSON.stringify(world.anthropic.requests.slice(asked)[0]?.body)).toContain(
      "Apply with [redacted] counts twice",
    );
    await expectNone(world, expect);
  });

  it("is nowhere in Linear that stood in a commit's subject or in an issue, escaped or not", async ({ expect }) => {
    const hex = Buffer.from(checkpointKey).toString("hex");
    await world.github.commit(world.repository, {
      branch: "main",
      files: { "src/zebra.js": "export const zebraStripes = 1;\n" },
      message: `Paint zebras with ${checkpointKey}\n\n${checkpointKey.slice(0, -9)} ${hex}`,
    });
    const description = `It is ${checkpointKey.replace(/[_-]/g, "\\$&")}, or ${checkpointKey.slice(9)} in src/zebra.js`;
    const issue = world.linear.seedIssue({ title: `Zebras: ${checkpointKey}`, description });
    const text = `contextualize ${issue.identifier} https://github.com/acme/shop src/zebra.js has too many zebraStripes`;
    const { outcome, replies } = await world.mention(text);
    expect(outcome, JSON.stringify(replies)).toBe("succeeded");
    const comment = world.linear.workspace.comments.at(-1)?.body ?? "";
    expect(comment).toContain("Paint zebras with");
    expect(comment.replaceAll("\\", "")).toContain("Paint zebras with [redacted]");
    for (const part of [checkpointKey.slice(0, 20), checkpointKey.slice(-20), hex.slice(0, 40)]) {
      expect(JSON.stringify([world.linear.requests, replies]).replaceAll("\\", "")).not.toContain(part);
    }
    await expectNone(world, expect);
  });

  it("is not let stand in a commit's message, which the container makes", async ({ expect }) => {
    const pulls = world.github.pullRequests(world.repository).length;
    const { outcome, replies } = await world.mention("fix https://github.com/acme/shop case-commit");
    expect(outcome).toBe("refused");
    expect(replies.at(-1)?.text).toContain("What was pushed is taken back. Its message holds a secret.");
    expect(world.github.pullRequests(world.repository)).toHaveLength(pulls);
    expect((await world.github.branches(world.repository)).filter((name) => name.includes("case-commit"))).toEqual([]);
    await expectNone(world, expect);
  });

  it("is taken out of a report before it becomes a commit's subject", async ({ expect }) => {
    const [secret = ""] = secrets;
    const { outcome } = await world.mention(`fix https://github.com/acme/shop Apply with ${secret} counts twice`);
    expect(outcome).toBe("succeeded");
    const pull = world.github.pullRequests(world.repository).at(-1);
    expect(pull?.title).toContain("[redacted]");
    expect(held(JSON.stringify(pull))).toEqual([]);
    expect(await messages("-1", pull?.head ?? "")).toMatch(/^fix: .*\[redacted\]/);
    await expectNone(world, expect);
  });
});

it("is nowhere in what Slack streams", async ({ expect }) => {
  const world = await createWorld({ script, variables, agent: true });
  try {
    const { outcome } = await world.mention("fix https://github.com/acme/shop Apply twice counts twice");
    expect(outcome).toBe("succeeded");
    expect(world.slack.requests.some(({ operation }) => operation === "chat.appendStream")).toBe(true);
    await expectNone(world, expect);
  } finally {
    await world.close();
  }
});
