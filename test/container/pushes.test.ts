import { afterAll, beforeAll, describe, it } from "vitest";
import { demoReport } from "../../local/demo-repository.ts";
import { createAgent } from "./agent.ts";
import { type ContainerWorld, createContainerWorld } from "./container-world.ts";
import { engine } from "./docker.ts";
import { probeIn } from "./probe.ts";

/** Pushes to its own branch, whose name the egress tells whoever tries another. */
const pushing = (deed: string) => `cat > /tmp/push.js <<'END'
const git = (...args) => require("node:child_process").spawnSync("git", args, { encoding: "utf8" });
const own = "https://github.com/acme/shop.git";
const author = ["-c", "user.name=x", "-c", "user.email=x"];
const commit = (words) => git(...author, "commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", words).stdout.trim();
const push = (ref) => git("push", own, ref).stderr;
const [, branch] = /may push (\\S+) only/.exec(push(commit("any") + ":refs/heads/mine"));
(async () => {
${deed}
})();
END
`;

const force = `${pushing(`
  console.log("first:", push(commit("first") + ":refs/heads/" + branch));
  console.log("forced:", push("+" + commit("second") + ":refs/heads/" + branch));
`)}node /tmp/push.js`;

/** Tries as soon as the egress is shut, by a process that shuns its end, too. */
const late = `${pushing(`
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => {});
  const mine = commit("late");
  while ((await fetch(own + "/info/refs?service=git-upload-pack")).ok) await new Promise((then) => setTimeout(then, 20));
  const sent = fetch(own + "/git-receive-pack", { method: "POST", body: "0000" });
  console.log(push(mine + ":refs/heads/" + branch), (await sent).status);
`)}(setsid node /tmp/push.js >/dev/null 2>&1 &); node /tmp/push.js`;

const receivePack = "https://github.com/acme/shop.git/git-receive-pack";

describe.skipIf(!engine)("an agent that pushes by itself from its container", () => {
  const forcing = createAgent([force]);
  const waiting = createAgent([late]);
  let world: ContainerWorld;
  beforeAll(async () => {
    world = await createContainerWorld((call) => (call.said.includes("by force") ? forcing : waiting).script(call));
  });
  afterAll(() => world?.close());

  const pushed = () => world.github.requests.filter(({ path }) => path.endsWith("/git-receive-pack")).length;
  const branches = () => world.github.branches(world.repository);
  const refused = (eventId: string, reason: string) =>
    world.logs.filter((line) =>
      line.includes(
        `"commandId":"slack-${eventId}","method":"POST","host":"github.com","path":"/acme/shop.git/git-receive-pack","reason":"${reason}`,
      ),
    );

  /** Its first push is refused for the branch's name: then it waits. */
  async function begin(words: string, eventId: string) {
    const report = world.slack.mention(`fix ${demoReport} ${words}`, { channel: world.channel, eventId });
    await world.post(report.body, report.headers);
    await world.until(() => (refused(eventId, "this run may push").length >= 2 ? true : undefined));
    return report.message.ts;
  }

  it("does not rewrite its own branch", async ({ expect }) => {
    const { outcome } = await world.mention(`fix ${demoReport} by force`, { eventId: "EvForce" });
    const [printed = ""] = forcing.printed;
    expect(printed).toMatch(/first: [^]*\[new branch\]/);
    expect(printed).toMatch(/forced: [^]*! \[remote rejected\] \w+ -> bugbot\/\S+ \(bugbot: the branch is not where/);
    expect(refused("EvForce", "the branch is not where this run began")).not.toEqual([]);
    // What it pushed is none of the run's own, and goes.
    expect(outcome).toBe("refused");
    expect(await branches()).toEqual(["main"]);
  });

  it("pushes nothing after a stop", async ({ expect }) => {
    const before = pushed();
    const ts = await begin("until it is stopped", "EvStopped");
    await world.mention("stop", { threadTs: ts });
    expect(await world.settled("EvStopped")).toMatchObject({ outcome: "stopped" });
    expect(refused("EvStopped", "this run is over"), "it tried").not.toEqual([]);
    const answers = await probeIn(world.sandbox(ts).container, [
      { line: `GET https://github.com/acme/shop.git/info/refs?service=git-receive-pack` },
      { line: `POST ${receivePack}`, body: {} },
    ]);
    expect(Object.values(answers)).toEqual(Array(2).fill(expect.stringMatching(/^410 .*this run is over/)));
    expect(pushed()).toBe(before);
    expect(await branches()).toEqual(["main"]);
  });

  it("pushes nothing after the lease's expiry", async ({ expect }) => {
    const before = pushed();
    const ts = await begin("until it expires", "EvExpired");
    const db = await world.database();
    await db.prepare("UPDATE leases SET expires_at = 1 WHERE command_id = 'slack-EvExpired'").run();
    const { outcome } = await world.settled("EvExpired");
    expect(outcome).not.toBe("succeeded");
    expect(refused("EvExpired", "this run is over"), "it tried").not.toEqual([]);
    expect(
      Object.values(await probeIn(world.sandbox(ts).container, [{ line: `POST ${receivePack}`, body: {} }])),
    ).toEqual([expect.stringMatching(/^410 .*this run is over/)]);
    expect(pushed()).toBe(before);
    expect(await branches()).toEqual(["main"]);
  });
});
