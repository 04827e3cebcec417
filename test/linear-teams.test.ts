import { afterEach, beforeEach, describe, it } from "vitest";
import { createEvidenceWorld, type EvidenceWorld } from "./evidence-world.ts";
import { staleTeam } from "./stale-team.ts";

const teams = [
  { key: "BUG", name: "Bugs" },
  { key: "WEB", name: "Web" },
  { key: "APP", name: "App" },
];

let world: EvidenceWorld;
beforeEach(async () => {
  world = await createEvidenceWorld({ teams });
});
afterEach(() => world?.close());

const zebras = "https://github.com/acme/shop Zebras everywhere";
const operations = ({ asked }: Awaited<ReturnType<EvidenceWorld["ask"]>>) =>
  asked.linear.map(({ operation }) => operation);
const filed = ["issues", "issueCreate", "attachmentCreate", "commentCreate"];

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
    expect([...world.kept.ttls]).toEqual([
      ["linear:team:", 3600],
      ["linear:team:APP", 3600],
    ]);
  });

  it("is asked for anew when what is kept of it is out of date", async ({ expect }) => {
    world.kept.teams.set(...staleTeam("WEB"));
    const variables = { LINEAR_TEAM_KEY: "WEB" };
    const ended = await world.ask(zebras, { variables });
    expect(ended.issue).toBe("WEB-1");
    expect(operations(ended)).toEqual([filed[0], "issueCreate", "issues", ...filed.slice(1)]);
    expect(operations(await world.ask(zebras, { variables }))).toEqual(filed);
  });

  it("is asked for where what is kept cannot be read", async ({ expect }) => {
    world.kept.teams.set("linear:team:", '{"id":1}');
    expect((await world.ask(zebras)).issue).toBe("APP-1");
  });
});
