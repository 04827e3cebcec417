import { afterAll, beforeAll, describe, it } from "vitest";
import { demoReport } from "../../local/demo-repository.ts";
import { createAgent } from "./agent.ts";
import { type ContainerWorld, createContainerWorld } from "./container-world.ts";
import { docker, engine } from "./docker.ts";

/** Starts a process that has no parent, folder or variable in common with its run. */
const daemonize = `touch /tmp/left-behind; (setsid env -i /bin/sh -c 'cd /; sleep 54321' >/dev/null 2>&1 &)`;
const look = "ls /tmp; ps -A -o args";

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
    expect(await docker("exec", world.sandbox(ts).container, "sh", "-c", look)).toMatch(/left-behind[^]*sleep 54321/);

    await world.mention("fix the discount once more", { threadTs: ts });
    expect(second.printed).toEqual([expect.stringContaining("container/server.ts")]);
    expect(second.printed[0]).not.toMatch(/left-behind|54321/);
  });
});
