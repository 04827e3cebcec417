import { afterAll, beforeAll, describe, it } from "vitest";
import { demoReport } from "../../local/demo-repository.ts";
import { createAgent } from "./agent.ts";
import { type ContainerWorld, createContainerWorld } from "./container-world.ts";
import { docker, engine } from "./docker.ts";

/**
 * Starts a process that has no parent, folder or variable in common with its run, multiplies, and makes whatever is checked
 * beside the run fail on the code before.
 */
const forge = `cd /; (while :; do sleep 54321; done) & while :; do for one in /workspace/job-*-check/before; do [ -d $one ] && echo forged > $one/src/cart.js; done; sleep 0.02; done`;
const daemonize = `touch /tmp/left-behind /workspace/left-behind /dev/shm/left-behind src/left-behind; (setsid env -i PATH=$PATH /bin/sh -c '${forge}' >/dev/null 2>&1 &); sleep 0.3; ps -A -o args`;
const left = ["/usr/local/libexec/bugbot/tini", "/usr/local/libexec/bugbot/node"];
const look = "ls -A /tmp /workspace /dev/shm; ps -A -o args; git for-each-ref";

describe.skipIf(!engine)("what an agent leaves behind in its container", () => {
  const first = createAgent([daemonize]);
  const second = createAgent([look]);
  let world: ContainerWorld;
  beforeAll(async () => {
    let turns = 0;
    world = await createContainerWorld((call) => {
      // The second run goes on in the first one's session.
      if (call.said.includes("once more")) return second.script({ ...call, turn: call.turn - turns });
      turns = call.turn + 1;
      return first.script(call);
    });
  });
  afterAll(() => world?.close());

  it("is gone when the next run of the thread starts", async ({ expect }) => {
    const { ts } = await world.mention(`fix ${demoReport}`);
    expect(first.printed[0]).toContain("sleep 54321");
    const running = await docker("exec", world.sandbox(ts).container, "ps", "-A", "-o", "args=");
    expect(running.split("\n").map((line) => line.split(" ", 1)[0])).toEqual([...left, "ps"]);

    const { container } = world.sandbox(ts);
    const startedAt = () => docker("inspect", "--format", "{{.State.StartedAt}}", container);
    const before = await startedAt();
    await world.mention("fix the discount once more", { threadTs: ts });
    expect(await startedAt()).toBe(before);
    expect(second.printed).toEqual([expect.stringContaining("container/server.ts")]);
    // It goes on in the same container and checkout, and finds nothing else.
    expect(second.printed[0]).toContain("refs/bugbot/last/");
    expect(second.printed[0]).not.toMatch(/left-behind|54321/);
  });
});
