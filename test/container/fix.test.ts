import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, it } from "vitest";
import { demoReport } from "../../local/demo-repository.ts";
import { shopScript } from "../../local/shop-script.ts";
import { type ContainerWorld, createContainerWorld } from "./container-world.ts";
import { docker, engine } from "./docker.ts";

const largeBytes = 5_000_000;
const writeLarge = `node -e 'fs.writeFileSync("src/large.bin", crypto.randomBytes(${largeBytes}))'`;

describe.skipIf(!engine)("@bugbot fix in a Cloudflare Container", () => {
  let world: ContainerWorld;
  /** The slow runs' prompts. */
  const begun: string[] = [];
  beforeAll(async () => {
    world = await createContainerWorld((call) => {
      if (!/slowly|with a large file/.test(call.prompt)) return shopScript(call);
      if (call.turn > 0) return shopScript({ ...call, turn: call.turn - 1 });
      if (!call.prompt.includes("slowly"))
        return [{ tool: "Bash", input: { command: writeLarge, description: "Write" } }];
      const command = begun.includes(call.prompt) ? "true" : "sleep 25";
      begun.push(call.prompt);
      return [{ tool: "Bash", input: { command, description: "Sleep" } }];
    });
  });
  afterAll(() => world?.close());

  const asked = (word: string) =>
    world.anthropic.requests.filter(({ body }) => JSON.stringify(body).includes(word)).length;

  async function begin(words: string, eventId: string) {
    const { body, headers, message } = world.slack.mention(`fix ${demoReport} ${words}`, {
      channel: world.channel,
      eventId,
    });
    await world.post(body, headers);
    while (asked(words) === 0) await wait(20);
    return message;
  }

  it("turns a mention into one pull request", async ({ expect }) => {
    const { outcome, replies, asked: report } = await world.mention(`fix ${demoReport}`, { eventId: "EvHappy" });
    expect(outcome).toBe("succeeded");
    expect(replies.map(({ text }) => text)).toEqual([expect.stringContaining("✅ <")]);
    expect(report?.reactions).toEqual([":white_check_mark:"]);

    const pulls = world.github.pullRequests(world.repository);
    expect(pulls).toMatchObject([{ base: "main", state: "open" }]);
    const head = pulls[0]?.head ?? "";
    expect(await world.github.branches(world.repository)).toEqual([head, "main"]);
    const changed = (await world.github.diff(world.repository, "main", head))
      .split("\n")
      .filter((line) => /^[-+]/.test(line));
    expect(changed).toEqual([
      "--- a/src/cart.js",
      "+++ b/src/cart.js",
      "-  cart.codes.push(normalize(code));",
      "+  if (!cart.codes.includes(normalize(code))) cart.codes.push(normalize(code));",
    ]);
    expect(world.linear.workspace.issues).toHaveLength(1);
    expect(world.outside?.unanswered).toEqual([]);
  });

  it("streams a push that is larger than git sends in one piece", async ({ expect }) => {
    const { outcome } = await world.mention(`fix ${demoReport} with a large file`);
    expect(outcome).toBe("succeeded");
    const head = world.github.pullRequests(world.repository).at(-1)?.head ?? "";
    expect(await world.github.diff(world.repository, "main", head)).toContain("b/src/large.bin");
  });

  it("waits for an agent that is silent for longer than one reading of its events", async ({ expect }) => {
    const { outcome } = await world.mention(`fix ${demoReport} slowly`);
    expect(outcome).toBe("succeeded");
  });

  it.for([
    { title: "ends its run in a container that is told to go", signal: "TERM", times: 1 },
    { title: "starts over in a new container when the first one crashes", signal: "KILL", times: 2 },
  ])("$title", async ({ signal, times }, { expect }) => {
    const before = world.github.pullRequests(world.repository).length;
    const message = await begin(`slowly until SIG${signal}`, `EvLost${signal}`);
    await docker("kill", "--signal", signal, world.sandbox(message.ts).container);
    expect(await world.settled(`EvLost${signal}`)).toMatchObject({ outcome: "succeeded" });
    expect(world.github.pullRequests(world.repository)).toHaveLength(before + 1);
    expect(begun.filter((prompt) => prompt.includes(`SIG${signal}`))).toHaveLength(times);
  });

  it("stops when somebody says so", async ({ expect }) => {
    const before = world.github.pullRequests(world.repository).length;
    const message = await begin("slowly but stopped", "EvStop");
    await world.mention("stop", { threadTs: message.ts });
    expect(await world.settled("EvStop")).toMatchObject({ outcome: "stopped" });
    expect(world.github.pullRequests(world.repository)).toHaveLength(before);
  });
});
