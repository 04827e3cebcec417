import { afterAll, beforeAll, it } from "vitest";
import { staleTeam } from "./stale-team.ts";
import { createWorld, type World } from "./world.ts";

const maxLinearCalls = 8;
const report = "https://github.com/acme/shop Pressing Apply twice takes the UTF-8 code off.";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world?.close());

async function calls(deed: () => Promise<{ outcome: string }>) {
  const before = world.linear.requests.length;
  const { outcome } = await deed();
  return { outcome, operations: world.linear.requests.slice(before).map(({ operation }) => operation) };
}

it(`a fix costs ${maxLinearCalls} calls of Linear's at worst: an unknown id, and a team that is out of date`, async ({
  expect,
}) => {
  await (await world.threadIssues()).put(...staleTeam("BUG", ""));
  const { outcome, operations } = await calls(() => world.mention(`fix ${report}`));
  expect(outcome).toBe("succeeded");
  const filing = ["issueCreate", "issues", "issueCreate", "attachmentCreate"];
  expect(operations).toEqual(["issues", "issue", ...filing, "attachmentCreate", "issueUpdate"]);
  expect(operations).toHaveLength(maxLinearCalls);
});

it("a fix of an issue that was moved to a team that is out of date stays below", async ({ expect }) => {
  world.linear.seedIssue({ identifier: "BUG-70", title: "Zebras" });
  const [bug] = world.linear.workspace.teams;
  if (bug) world.linear.workspace.moveIssue("BUG-70", bug);
  const { identifier } = world.linear.issue("BUG-70");
  await (
    await world.threadIssues()
  ).put(
    staleTeam("BUG")[0],
    JSON.stringify({
      id: "gone",
      key: "BUG",
      states: { nodes: [{ id: "gone", name: "In Review", type: "started" }] },
      labels: { nodes: [] },
    }),
  );
  const { outcome, operations } = await calls(() => world.mention(`fix ${report} BUG-998, that is BUG-70`));
  expect(outcome).toBe("succeeded");
  expect(operations).toEqual(["issues", "issue", "issue", "attachmentCreate", "issueUpdate", "teams", "issueUpdate"]);
  expect(world.linear.attachments(identifier)).toHaveLength(1);
});

it("a card whose comment was deleted is commented anew, once, also when the event is delivered again", async ({
  expect,
}) => {
  const issue = world.linear.seedIssue({ identifier: "BUG-80", title: "The badge is wrong" });
  await world.mention(`contextualize ${report} BUG-80`);
  for (let deleted = 0; deleted < 2; deleted++) {
    const [comment] = world.linear.comments(issue.id);
    world.linear.workspace.deleteComment(comment?.id ?? "");
    const eventId = `EvDeleted${deleted}`;
    const { outcome, replies } = await world.mention(`contextualize ${report} BUG-80`, { eventId });
    expect(outcome).toBe("succeeded");
    expect(replies.at(-1)?.text).not.toContain("The card is not in Linear");
    const { body, headers } = world.slack.mention(`contextualize ${report} BUG-80`, {
      channel: world.channel,
      eventId,
    });
    expect((await world.post(body, headers)).status).toBe(200);
    const again = await calls(() => world.mention(`contextualize ${report} BUG-80`));
    expect(again).toEqual({ outcome: "succeeded", operations: ["issues", "commentCreate", "commentUpdate"] });
    expect(world.linear.comments(issue.id)).toHaveLength(1);
  }
  expect(world.linear.comments(issue.id)[0]?.body).toContain("**New since the last look:** nothing");
});
