import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, it } from "vitest";
import { createEvidenceWorld, type EvidenceWorld } from "./evidence-world.ts";

const teams = [
  { key: "BUG", name: "Bugs" },
  { key: "WEB", name: "Web" },
  { key: "APP", name: "App" },
];
const maxLinearCalls = 8;

let world: EvidenceWorld;
beforeEach(async () => {
  world = await createEvidenceWorld({ teams });
});
afterEach(() => world?.close());

const zebras = "https://github.com/acme/shop Zebras everywhere";
const operations = ({ asked }: Awaited<ReturnType<EvidenceWorld["ask"]>>) =>
  asked.linear.map(({ operation }) => operation);
const filed = ["attachmentsForURL", "issueCreate", "attachmentCreate", "commentCreate"];

/** As it was kept before somebody made the team anew. */
function keepStale(key: string): void {
  const team = { id: randomUUID(), key, states: { nodes: [] }, labels: { nodes: [{ id: randomUUID(), name: "Bug" }] } };
  world.kept.teams.set(`linear:team:${key}`, JSON.stringify(team));
}

describe("the team of a new issue", () => {
  it.for([
    ["the first one of Linear's list", {}, "C0BUGS", "APP-1"],
    ["LINEAR_TEAM_KEY's", { LINEAR_TEAM_KEY: "APP" }, "C0BUGS", "APP-1"],
    [
      "its channel's, before LINEAR_TEAM_KEY",
      { LINEAR_TEAM_KEY: "APP", LINEAR_CHANNEL_TEAMS: "C0APP=APP, C0WEB=WEB" },
      "C0WEB",
      "WEB-1",
    ],
    [
      "LINEAR_TEAM_KEY's in any other channel",
      { LINEAR_TEAM_KEY: "APP", LINEAR_CHANNEL_TEAMS: "C0WEB=WEB" },
      "C0WEBB",
      "APP-1",
    ],
  ] as const)("is %s", async ([, variables, channelId, issue], { expect }) => {
    expect((await world.ask(zebras, { variables, channelId })).issue).toBe(issue);
  });

  it("is named where Linear has none of that key, and nothing is filed elsewhere", async ({ expect }) => {
    const variables = { LINEAR_CHANNEL_TEAMS: "C0BUGS=NOPE" };
    const { outcome, reply } = await world.ask(zebras, { variables });
    expect(outcome).toBe("refused");
    expect(reply).toContain("I cannot see a team with the key NOPE (LINEAR_TEAM_KEY or LINEAR_CHANNEL_TEAMS)");
    expect(world.linear.workspace.issues).toEqual([]);
  });

  it("is asked for once, and known for the next command", async ({ expect }) => {
    expect(operations(await world.ask(zebras))).toEqual([filed[0], "teams", ...filed.slice(1)]);
    expect(operations(await world.ask(zebras))).toEqual(filed);
    expect([...world.kept.ttls.values()]).toEqual([3600]);
  });

  it("is asked for anew when what is kept of it is out of date", async ({ expect }) => {
    keepStale("WEB");
    const variables = { LINEAR_TEAM_KEY: "WEB" };
    const ended = await world.ask(zebras, { variables });
    expect(ended.issue).toBe("WEB-1");
    expect(operations(ended)).toEqual([filed[0], "issueCreate", "teams", ...filed.slice(1)]);
    expect(operations(await world.ask(zebras, { variables }))).toEqual(filed);
  });

  it("is asked for where what is kept cannot be read", async ({ expect }) => {
    world.kept.teams.set("linear:team:", '{"id":1}');
    expect((await world.ask(zebras)).issue).toBe("APP-1");
  });
});

describe("calls to Linear", () => {
  it(`are ${maxLinearCalls} at worst: a word like an id, no team of that key, a stale team`, async ({ expect }) => {
    keepStale("WEB");
    const ended = await world.ask("UTF-8 umlauts are broken in https://github.com/acme/shop", {
      variables: { LINEAR_TEAM_KEY: "WEB" },
    });
    expect(ended.outcome).toBe("succeeded");
    expect(operations(ended)).toEqual(["issue", "teams", filed[0], "issueCreate", "teams", ...filed.slice(1)]);
    expect(operations(ended)).toHaveLength(maxLinearCalls);
    // That there is no team UTF is known from now on.
    const again = await world.ask("UTF-8 umlauts are broken again", { variables: { LINEAR_TEAM_KEY: "WEB" } });
    expect(operations(again)).toEqual(["issue", ...filed]);
  });

  it("are few where the issue is there, and its comment", async ({ expect }) => {
    world.linear.seedIssue({ identifier: "BUG-7", title: "Zebras" });
    expect(operations(await world.ask(`BUG-7 ${zebras}`))).toEqual(["issue", "commentCreate"]);
    expect(operations(await world.ask(`BUG-7 ${zebras}`))).toEqual(["issue", "commentCreate", "commentUpdate"]);
    expect(world.linear.comments("BUG-7")).toHaveLength(1);
  });

  it("find the issue that an attempt made whose answer was lost, and make no second", async ({ expect }) => {
    world.linear.fault("issueCreate", { reset: true, afterEffect: true });
    const ended = await world.ask(zebras);
    expect(ended.issue).toBe("APP-1");
    expect(world.linear.workspace.issues).toHaveLength(1);
    expect(ended.asked.linear.length).toBeLessThanOrEqual(maxLinearCalls + 1);
    expect(world.linear.comments("APP-1")).toHaveLength(1);
  });
});
