import { afterEach, beforeEach, describe, it } from "vitest";
import { createEvidenceWorld, type Asks, type EvidenceWorld } from "./evidence-world.ts";
import { staleTeam } from "./stale-team.ts";

const teams = [
  { key: "BUG", name: "Bugs" },
  { key: "WEB", name: "Web" },
];
const maxLinearCalls = 8;

let world: EvidenceWorld;
beforeEach(async () => {
  world = await createEvidenceWorld({ teams });
  for (const identifier of ["BUG-70", "BUG-71", "BUG-12"]) world.linear.seedIssue({ identifier, title: identifier });
  const web = world.linear.workspace.teams.find(({ key }) => key === "WEB");
  if (web) world.linear.workspace.moveIssue("BUG-12", web);
});
afterEach(() => world?.close());

const moved = "WEB-1";
const said = (...texts: string[]) => ({ earlier: texts.map((text) => ({ author: "Ann", text })) });
const operations = ({ asked }: Awaited<ReturnType<EvidenceWorld["ask"]>>) =>
  asked.linear.map(({ operation }) => operation);

describe("the issue that is meant", () => {
  it.for<[text: string, asks: Asks, issue: string]>([
    ["the UTF-8 header breaks like HTTP-500 in BUG-70", {}, "BUG-70"],
    ["BUG-71 looks like BUG-70", {}, "BUG-71"],
    ["BUG-999 or was it BUG-70", {}, "BUG-70"],
    ["BUG-70 again", said("see BUG-71"), "BUG-70"],
    ["the UTF-8 header breaks", said("since BUG-70"), "BUG-70"],
    ["look", said("as in BUG-70", "no, ISO-8859 and BUG-71"), "BUG-71"],
    ["look", said("BUG-999 and BUG-70"), "BUG-70"],
    ["UTF-8 as in https://linear.app/acme/issue/BUG-70/a-title and BUG-71", {}, "BUG-70"],
    ["BUG-12 is back", {}, moved],
    ["BUG-998, BUG-12 or BUG-70", {}, moved],
    ["https://linear.app/acme/issue/BUG-12/a-title", {}, moved],
    ["the UTF-8 header breaks", said("as in BUG-12"), moved],
    ["look", said("BUG-12 it was, not BUG-70"), moved],
  ])("of “%s” is found, whatever else looks like one", async ([text, asks, issue], { expect }) => {
    const count = world.linear.workspace.issues.length;
    const ended = await world.ask(text, asks);
    expect(ended.issue).toBe(issue);
    expect(world.linear.comments(issue)).toHaveLength(1);
    expect(world.linear.workspace.comments).toHaveLength(1);
    expect(world.linear.workspace.issues).toHaveLength(count);
    expect(ended.asked.linear.length).toBeLessThanOrEqual(maxLinearCalls);
  });

  it("is found by an old identifier of a team that is no more", async ({ expect }) => {
    world.linear.workspace.teams.splice(0, 1);
    expect((await world.ask("BUG-12 is back")).issue).toBe(moved);
  });

  it("is the one a thread names before the one it is mapped to", async ({ expect }) => {
    const { threadId } = await world.ask("BUG-70 is back");
    expect((await world.ask("look", { threadId })).issue).toBe("BUG-70");
    expect((await world.ask("look", { threadId, ...said("BUG-71") })).issue).toBe("BUG-71");
  });

  it("is refused where the asker names an unknown one only, whatever the thread says", async ({ expect }) => {
    const { outcome, reply } = await world.ask("UTF-8 and BUG-999", said("BUG-70"));
    expect([outcome, reply]).toEqual([
      "refused",
      "❌ I cannot find BUG-999 in Linear. Check its number, or leave it out and I will file a new issue.",
    ]);
    expect(world.linear.workspace.comments).toEqual([]);
  });

  it("is a new one where all that looked like one was words, and these stay in its title", async ({ expect }) => {
    const { issue } = await world.ask("HTTP-500 on checkout since UTF-8 names", said("BUG-999?"));
    expect(world.linear.issue(issue ?? "").title).toBe("HTTP-500 on checkout since UTF-8 names");
  });

  it("is the one that was filed before, where everything else is forgotten", async ({ expect }) => {
    const first = await world.ask("Zebras everywhere");
    world.kept.issues.clear();
    world.linear.workspace.attachments.splice(0);
    const again = await world.ask("Zebras everywhere", { threadId: first.threadId });
    expect(again.issue).toBe(first.issue);
    expect(operations(again)).toEqual(["issues", "commentCreate", "commentUpdate"]);
  });
});

it("is read without the escapes that its description was written with", async ({ expect }) => {
  const words = "total_price is wrong at apply_code (src/my_cart.js:12:3) [x](y) *a* <b> C:\\shop";
  const { issue = "" } = await world.ask(words);
  expect(world.linear.issue(issue).description).toContain("total\\_price");
  expect((await world.tracker().issue(issue))?.description).toContain(`> ${words}\n`);
});

describe("calls to Linear", () => {
  const filing = ["issueCreate", "attachmentCreate", "commentCreate"];

  it("are few where the issue is there, and its comment", async ({ expect }) => {
    expect(operations(await world.ask("BUG-70 Zebras"))).toEqual(["issues", "commentCreate"]);
    expect(operations(await world.ask("BUG-70 Zebras"))).toEqual(["issues", "commentCreate", "commentUpdate"]);
  });

  it("are seven at worst for a new issue: an unknown id, and a team that is out of date", async ({ expect }) => {
    world.kept.teams.set(...staleTeam("WEB"));
    const variables = { LINEAR_TEAM_KEY: "WEB" };
    const ended = await world.ask("UTF-8 umlauts are broken", { variables, ...said("BUG-998 or BUG-999") });
    expect(ended.issue).toBe("WEB-2");
    expect(operations(ended)).toEqual(["issues", "issue", "issueCreate", "issues", ...filing]);
  });

  it("are six at worst for an old one: it was moved, and its comment deleted", async ({ expect }) => {
    await world.ask("BUG-12 is back");
    deleteComments();
    const ended = await world.ask("BUG-998 or BUG-12");
    expect(ended.issue).toBe(moved);
    expect(operations(ended)).toEqual(["issues", "issue", "issue", "commentCreate", "commentUpdate", "commentCreate"]);
  });

  it("are bounded where a report is full of ids", async ({ expect }) => {
    const flood = Array.from({ length: 5_000 }, (_, at) => `BUG-${at + 100} ZZ-${at + 1} A${at}-1`).join(" ");
    const { outcome, asked } = await world.ask("look", said(flood, flood));
    expect(outcome).toBe("succeeded");
    expect(asked.linear.length).toBeLessThanOrEqual(maxLinearCalls);
    const refused = await world.ask(flood);
    expect(refused.outcome).toBe("refused");
    expect(refused.asked.linear.length).toBeLessThanOrEqual(maxLinearCalls);
  });

  it("find the issue that an attempt made whose answer was lost, and make no second", async ({ expect }) => {
    const count = world.linear.workspace.issues.length;
    world.linear.fault("issueCreate", { reset: true, afterEffect: true });
    const ended = await world.ask("Zebras everywhere");
    expect(world.linear.workspace.issues).toHaveLength(count + 1);
    expect(world.linear.comments(ended.issue ?? "")).toHaveLength(1);
    expect(ended.asked.linear.length).toBeLessThanOrEqual(maxLinearCalls);
  });
});

function deleteComments(): void {
  const { comments, deleteComment } = world.linear.workspace;
  for (const id of comments.map((comment) => comment.id)) deleteComment(id);
}

describe("a card whose comment somebody deleted", () => {
  it("is commented anew, once, and then written anew as any other", async ({ expect }) => {
    for (let deleted = 0; deleted < 3; deleted++) {
      const ended = await world.ask("BUG-70 Zebras");
      expect(ended.outcome).toBe("succeeded");
      expect(ended.reply).not.toContain("The card is not in Linear");
      expect(operations(await world.ask("BUG-70 Zebras"))).toEqual(["issues", "commentCreate", "commentUpdate"]);
      expect(world.linear.comments("BUG-70")).toHaveLength(1);
      deleteComments();
    }
  });

  it("is commented once where the answer was lost", async ({ expect }) => {
    await world.ask("BUG-70 Zebras");
    deleteComments();
    let tried = 0;
    const isSecond = ({ operation }: { operation: string }) => operation === "commentCreate" && ++tried === 2;
    world.linear.fault(isSecond, { reset: true, afterEffect: true });
    const ended = await world.ask("BUG-70 Zebras");
    expect(ended.outcome).toBe("succeeded");
    const written = ["commentCreate", "commentUpdate", "commentCreate"];
    expect(operations(ended)).toEqual(["issues", ...written, ...written, "commentUpdate"]);
    expect(world.linear.comments("BUG-70")).toHaveLength(1);
  });

  it("stays in the thread where Linear takes no comment", async ({ expect }) => {
    const headers = { "content-type": "application/json" };
    const errors = [{ message: "no", extensions: { type: "invalid input", code: "INPUT_ERROR" } }];
    world.linear.fault(({ operation }) => operation.startsWith("comment"), {
      status: 200,
      headers,
      body: { errors },
      times: 9,
    });
    const { outcome, reply, asked } = await world.ask("BUG-70 Zebras");
    expect(outcome).toBe("succeeded");
    expect(reply).toContain("The card is not in Linear: Linear did not accept this comment.");
    expect(asked.linear.length).toBeLessThanOrEqual(maxLinearCalls);
  });
});
