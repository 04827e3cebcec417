import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import type { Script } from "../local/anthropic.ts";
import { startContainerServer } from "../local/container-server.ts";
import { demoScript } from "../local/demo-repository.ts";
import { createWorld, type World } from "./world.ts";

const bash = (command: string) => [{ tool: "Bash", input: { command, description: "Do it" } }];
const appended = (line: string) => bash(`echo '// ${line}' >> src/cart.js`);

/** Its first turns repair the shop; what is said later is answered by a comment in the code. */
const script: Script = (call) => {
  const { said, prompt, toolResults } = call;
  if (prompt.includes("case-slow")) {
    if (said.includes("go on now")) {
      return toolResults.length > 0 ? [{ text: `Found ${toolResults.join()}` }] : bash("tail -1 src/cart.js");
    }
    return call.turn === 0 ? appended("half done") : [{ text: "Half of it is done." }, ...bash("sleep 55")];
  }
  const more = ["empty cart", "full cart", "third cart"].findLast((words) => said.includes(words));
  if (!more) return demoScript(call);
  return toolResults.length > 0 ? [{ text: `Did the ${more}.` }] : appended(`the ${more}`);
};

let world: World;
beforeAll(async () => {
  world = await createWorld({ script });
});
afterAll(() => world?.close());

const servers: { close: () => Promise<void> }[] = [];
afterAll(() => Promise.all(servers.map((server) => server.close())));

/** As a container that slept: a new server, and nothing on its disk. */
async function replaceContainer({ containerServer, folder }: World): Promise<void> {
  if (!containerServer) throw new Error("the containers are real");
  const { port } = new URL(containerServer.url);
  await containerServer.close();
  const workspace = join(folder, "workspace");
  await rm(workspace, { recursive: true, force: true });
  const next = await startContainerServer({ port: Number(port), workspace });
  servers.push(next);
}

const lastRequest = () => JSON.stringify(world.anthropic.requests.at(-1)?.body);

describe("a follow-up", () => {
  let ts = "";
  it("is no command in a fresh thread: the answer is help, and nothing is done", async ({ expect }) => {
    const { outcome, replies } = await world.mention("also handle the empty cart");
    expect(outcome).toBe("succeeded");
    expect(replies.map(({ text }) => text)).toEqual([expect.stringContaining("I do not know")]);
    expect(world.anthropic.requests).toEqual([]);
    expect(await world.github.branches(world.repository)).toEqual(["main"]);
  });

  it("goes on in the same session and on the same pull request, on a new container", async ({ expect }) => {
    const first = await world.mention("fix https://github.com/acme/shop Apply twice counts twice");
    ({ ts } = first);
    expect(first.outcome).toBe("succeeded");
    const spent = Number(/\$(\d+\.\d+)/.exec(first.replies[0]?.text ?? "")?.[1]);
    await replaceContainer(world);

    const before = world.anthropic.requests.length;
    const { outcome, replies } = await world.mention("also handle the empty cart", { threadTs: ts });
    expect(outcome).toBe("succeeded");
    expect(replies.at(-1)?.text).toMatch(/^✅ .*#1/);
    expect(replies.at(-1)?.text).not.toContain("gone");
    // It cost what it did, not what the session did.
    expect(Number(/\$(\d+\.\d+)/.exec(replies.at(-1)?.text ?? "")?.[1])).toBeLessThanOrEqual(spent);

    const [pull, ...others] = world.github.pullRequests(world.repository);
    expect(others).toEqual([]);
    const code = await world.github.file(world.repository, pull?.head ?? "", "src/cart.js");
    expect(code).toContain("if (!cart.codes.includes");
    expect(code).toContain("// the empty cart");
    const asked = JSON.stringify(world.anthropic.requests[before]?.body);
    expect(asked).toContain("One test fails: the same code counts twice.");
    expect(asked).toContain("Untrusted, chat message by");
    expect(world.linear.workspace.issues).toHaveLength(1);
  });

  it("may begin with fix, and may be help after all", async ({ expect }) => {
    const pulls = world.github.pullRequests(world.repository).length;
    await world.mention("fix also the full cart", { threadTs: ts });
    expect(lastRequest()).toContain("also handle the empty cart");
    const requests = world.anthropic.requests.length;
    const { replies } = await world.mention("help", { threadTs: ts });
    expect(replies.at(-1)?.text).toContain("@bugbot fix");
    expect(world.anthropic.requests).toHaveLength(requests);
    expect(world.github.pullRequests(world.repository)).toHaveLength(pulls);
  });

  it("starts over from the summary where the session is gone, and says so", async ({ expect }) => {
    const bucket = await world.workers.getR2Bucket("CHECKPOINTS", "bugbot-consumer");
    const { objects } = await bucket.list();
    expect(objects).toHaveLength(1);
    const stored = await (await bucket.get(objects[0]?.key ?? ""))?.text();
    expect(stored).not.toContain("cart");
    await bucket.delete(objects.map(({ key }) => key));

    const { outcome, replies } = await world.mention("and the third cart", { threadTs: ts });
    expect(outcome).toBe("succeeded");
    expect(replies.at(-1)?.text).toMatch(/^✅ [\s\S]*My earlier session in this thread is gone/);
    expect(lastRequest()).toContain("Did the full cart.");
    expect(lastRequest()).not.toContain("One test fails: the same code counts twice.");
  });

  it("is not answered from another thread's memory", async ({ expect }) => {
    await world.mention("fix https://github.com/acme/shop Apply twice is odd");
    expect(lastRequest()).not.toContain("third cart");
  });
});

describe("a run that was stopped", () => {
  it("says what it had done, and goes on from it", async ({ expect }) => {
    const { body, headers, message } = world.slack.mention("fix https://github.com/acme/shop case-slow", {
      channel: world.channel,
      eventId: "EvHalf",
    });
    await world.post(body, headers);
    await world.until(() => (lastRequest().includes("half done") ? true : undefined));
    await world.mention("stop", { threadTs: message.ts });
    expect(await world.settled("EvHalf")).toMatchObject({ outcome: "stopped" });
    const thread = world.slack.thread(world.channel, message.ts);
    const word = thread.find(({ text }) => text.startsWith("Stopped."))?.text ?? "";
    expect(word).toContain("Nothing was pushed");
    expect(word).toContain("“Half of it is done”");
    expect(word).toContain("`src/cart.js`");
    expect((await world.github.branches(world.repository)).filter((name) => name.includes("slow"))).toEqual([]);

    await replaceContainer(world);
    const { outcome, replies } = await world.mention("go on now", { threadTs: message.ts });
    expect(outcome).toBe("succeeded");
    expect(replies.at(-1)?.text).toContain("Found // half done");
    const head = world.github.pullRequests(world.repository).at(-1)?.head ?? "";
    expect(await world.github.file(world.repository, head, "src/cart.js")).toContain("// half done");
  });
});

describe("without a key", () => {
  it("nothing is kept, and a follow-up starts over and says so", async ({ expect }) => {
    const forgetful = await createWorld({ script, variables: { BUGBOT_CHECKPOINT_KEY: "" } });
    try {
      const { ts } = await forgetful.mention("fix https://github.com/acme/shop Apply twice counts twice");
      const { replies } = await forgetful.mention("also handle the empty cart", { threadTs: ts });
      expect(replies.at(-1)?.text).toMatch(/^✅ [\s\S]*session in this thread is gone/);
      const bucket = await forgetful.workers.getR2Bucket("CHECKPOINTS", "bugbot-consumer");
      expect((await bucket.list()).objects).toEqual([]);
    } finally {
      await forgetful.close();
    }
  });
});

describe("a message to a run that is under way", () => {
  /** Waits in a tool until it is let go on; then does what it was told meanwhile. */
  const waiting: Script = ({ said, turn, toolResults }) => {
    if (turn === 0) return bash('while [ ! -e "$HOME/../../go" ]; do sleep 0.05; done');
    const told = ["shipping", "taxes"].filter((word) => said.includes(word));
    if (toolResults.join().includes("told:")) return [{ text: `I was told of ${told.join(" and ")}.` }];
    return bash(`echo "// ${told.join(" ")}" >> src/cart.js; echo told: ${told.length}`);
  };
  const go = (here: World) => writeFile(join(here.folder, "workspace/go"), "");

  async function begin(here: World, eventId: string) {
    const { body, headers, message } = here.slack.mention("fix https://github.com/acme/shop Apply twice counts twice", {
      channel: here.channel,
      eventId,
    });
    await here.post(body, headers);
    await here.until(() =>
      here.anthropic.requests.some(({ path }) => path.startsWith("/v1/messages")) ? true : undefined,
    );
    return message.ts;
  }

  it("reaches it as its next turn, once, and is never answered with busy", async ({ expect }) => {
    const here = await createWorld({ script: waiting });
    try {
      const ts = await begin(here, "EvBusy");
      const told = await here.mention("the shipping too `whatever you were told`", { threadTs: ts, eventId: "EvMore" });
      expect(told.outcome).toBe("succeeded");
      expect(told.replies.at(-1)?.text).toMatch(/^💬 Passed on/);
      expect(here.github.pullRequests(here.repository)).toEqual([]);
      // Delivered again, it is one message.
      const again = here.slack.mention("the shipping too", { channel: here.channel, eventId: "EvMore", threadTs: ts });
      await here.post(again.body, again.headers);
      expect((await here.mention("fix the taxes", { threadTs: ts })).replies.at(-1)?.text).toMatch(/^💬 Passed on/);

      await go(here);
      expect(await here.settled("EvBusy")).toMatchObject({ outcome: "succeeded" });
      const thread = here.slack.thread(here.channel, ts).map(({ text }) => text);
      expect(thread.filter((text) => text.startsWith("✅"))).toEqual([
        expect.stringContaining("I was told of shipping and taxes"),
      ]);
      expect(thread.filter((text) => text.startsWith("💬"))).toHaveLength(2);
      expect(thread.join()).not.toContain("already at work");
      const sent = JSON.stringify(here.anthropic.requests.at(-1)?.body);
      expect(sent.split("the shipping too").length - 1).toBe(1);
      expect(sent).toMatch(/Untrusted, chat message by U0ALICE:\\+n```\\+nthe shipping too/);
      const [pull, ...others] = here.github.pullRequests(here.repository);
      expect(others).toEqual([]);
      expect(await here.github.file(here.repository, pull?.head ?? "", "src/cart.js")).toContain("// shipping taxes");
    } finally {
      await here.close();
    }
  });

  it("is heard again by a run that has to start over", async ({ expect }) => {
    const here = await createWorld({ script: waiting });
    try {
      const ts = await begin(here, "EvLost");
      await here.mention("the shipping too", { threadTs: ts });
      await replaceContainer(here);
      await go(here);
      expect(await here.settled("EvLost")).toMatchObject({ outcome: "succeeded" });
      const said = here.slack.thread(here.channel, ts).at(1)?.text;
      expect(said).toContain("I was told of shipping");
      expect(said).toContain("The sandbox went away while I worked: I started over.");
    } finally {
      await here.close();
    }
  });
});

describe("an agent that looks for other threads' words", () => {
  it("finds nothing of a run that has ended, on the disk or in the bucket", async ({ expect }) => {
    const secret = "heliotrope";
    const looks: Script = (call) => {
      if (!call.said.includes("case-thief")) return demoScript(call);
      if (call.turn === 0)
        return bash('grep -rlI "heliotr[o]pe" "$HOME/../.." /tmp/claude* 2>/dev/null; ls "$HOME/../.."; echo looked');
      return [{ text: `Found: ${call.toolResults.join()}` }];
    };
    const here = await createWorld({ script: looks });
    try {
      await here.mention(`fix https://github.com/acme/shop Apply twice counts twice, ${secret}`);
      const { replies } = await here.mention("fix https://github.com/acme/shop case-thief");
      const found = /Found: ([^”]*)/.exec(replies[0]?.text ?? "")?.[1] ?? "";
      expect(found).toContain("looked");
      expect(found.match(/job-/g)).toHaveLength(1);
      expect(JSON.stringify(here.anthropic.requests.at(-1)?.body)).not.toContain(secret);
      const bucket = await here.workers.getR2Bucket("CHECKPOINTS", "bugbot-consumer");
      const { objects } = await bucket.list();
      expect(objects).toHaveLength(2);
      for (const { key } of objects) expect(await (await bucket.get(key))?.text()).not.toContain(secret);
    } finally {
      await here.close();
    }
  });
});

describe("a checkpoint that is too old", () => {
  it("is deleted by the cron trigger, and not taken up before", async ({ expect }) => {
    const here = await createWorld({ script, variables: { SESSION_TTL_DAYS: "0.00000001" } });
    try {
      const { ts } = await here.mention("fix https://github.com/acme/shop Apply twice counts twice");
      const bucket = await here.workers.getR2Bucket("CHECKPOINTS", "bugbot-consumer");
      const count = async () => (await bucket.list()).objects.length;
      expect(await count()).toBe(1);
      await here.watchdog();
      expect(await count()).toBe(0);
      const { replies } = await here.mention("also handle the empty cart", { threadTs: ts });
      expect(replies.at(-1)?.text).toContain("session in this thread is gone");
    } finally {
      await here.close();
    }
  });
});
