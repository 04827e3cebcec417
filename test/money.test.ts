import { afterAll, beforeAll, describe, it } from "vitest";
import { demoReport } from "../local/demo-repository.ts";
import { createWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld({
    variables: { BUGBOT_MAX_USD_PER_WORKSPACE_MONTH: "1", BUGBOT_MAX_USD_PER_USER_MONTH: "200" },
  });
});
afterAll(() => world?.close());

const asked = () => world.anthropic.requests.map(({ body }) => JSON.stringify(body));

describe("a fix", () => {
  it("is refused where it names a model that is none, before anything is made", async ({ expect }) => {
    const { outcome, replies } = await world.mention(`fix --model gpt ${demoReport}`);
    expect(outcome).toBe("refused");
    expect(replies.map(({ text }) => text)).toEqual([
      "❌ I do not know the model “gpt”. Write `--model` with one of: sonnet, opus, haiku.",
    ]);
    expect(world.linear.workspace.issues).toEqual([]);
    expect(asked()).toEqual([]);
  });

  it("is made by the model it names, and says so with what it cost and what the month has cost", async ({ expect }) => {
    const { outcome, replies } = await world.mention(`fix --model opus ${demoReport}`);
    expect(outcome).toBe("succeeded");
    expect(replies[0]?.text).toMatch(
      /\n\$0\.\d\d · \d+s · opus · \d+ turns · month \$0\.\d\d\/\$1 · your month \$0\.\d\d\/\$200\n/,
    );
    expect(asked().some((body) => body.includes('"model":"claude-opus-'))).toBe(true);
    expect(asked().some((body) => body.includes('"model":"claude-sonnet-'))).toBe(false);
    expect(world.linear.workspace.issues[0]?.description).not.toContain("--model");
    expect(world.logs.filter((line) => line.includes("cost_mismatch") || line.includes("egress_refused"))).toEqual([]);
    const db = await world.database();
    const paid = await db
      .prepare("SELECT cost_usd * 1e6 = spent_micro_usd AS same FROM commands JOIN leases ON command_id = commands.id")
      .all();
    expect(paid.results).toEqual([{ same: 1 }]);
  });

  it("may cost no more than is left of the month's money", async ({ expect }) => {
    const db = await world.database();
    const { results } = await db.prepare("SELECT max_micro_usd FROM leases").all();
    expect(results).toEqual([{ max_micro_usd: 1_000_000 }]);
  });

  it("is refused when the month's money is spent, before anything is made", async ({ expect }) => {
    const db = await world.database();
    await db.prepare("UPDATE leases SET spent_micro_usd = 1000000").run();
    const before = asked().length;
    const { outcome, replies } = await world.mention(`fix ${demoReport}`);
    expect(outcome).toBe("refused");
    expect(replies.map(({ text }) => text)).toEqual([
      expect.stringMatching(
        /^❌ This workspace's money for this month is spent: \$1 of \$1\. It starts anew on 1 [A-Z][a-z]+ \(UTC\)\.$/,
      ),
    ]);
    expect(world.linear.workspace.issues).toHaveLength(1);
    expect(asked()).toHaveLength(before);
  });
});
