import { afterAll, beforeAll, it } from "vitest";
import { createRunner, type Runner } from "../cli/run-bugbot.ts";
import { discordCommands } from "../shared/discord-commands.ts";

let runner: Runner;
beforeAll(async () => {
  runner = await createRunner();
});
afterAll(() => runner.remove());

it("runs by npx in the checkout, whatever Node runs npx", async ({ expect }) => {
  const { code, stdout } = await runner.npxBugbot("slack manifest --help");
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("Usage: bugbot slack manifest") });
});

const operatorCommands =
  "tasks,tasks list,tasks show,tasks stop,tasks retry,dlq,dlq list,dlq show,dlq replay,dlq drop,keys,keys create,keys list,keys rotate,keys revoke,audit,audit list,audit verify,context,logs,doctor";

it.for(["", "discord", "discord register", "slack", "slack manifest", ...operatorCommands.split(",")])(
  "explains %j in 80 columns",
  async (words, { expect }) => {
    const { code, stdout } = await runner.bugbot(`${words} --help`);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: ${`bugbot ${words}`.trim()} [options]`);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  },
);

it.for([
  "",
  "dance",
  "slack",
  "slack manifest",
  "discord register --guild acme",
  "slack manifest --loud",
  "dlq",
  "context",
  "dlq show",
  "dlq list --status alive",
  "tasks retry",
  "keys create",
  "keys create --name a --days soon",
  "keys create --name a --days 0",
  "keys create --name a --days 367",
  "keys create --name a/b",
  "keys rotate a --overlap-hours 169",
  "tasks list --limit abc",
  "tasks list --limit -1",
  "tasks list --limit 1001",
  "dlq list --limit 0",
  "audit list --limit 501",
  "audit verify --seal nonsense",
  "tasks show ..",
])("ends with 2 when asked for %j", async (words, { expect }) => {
  const { code, stdout, stderr } = await runner.bugbot(words);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).not.toBe("");
});

it("names the bounds of a number that is out of them", async ({ expect }) => {
  expect((await runner.bugbot("tasks list --limit 1001")).stderr).toContain("from 1 to 1000");
  expect((await runner.bugbot("keys create --name a --days 0")).stderr).toContain("above 0, at most 366");
});

it("says which version it is", async ({ expect }) => {
  expect(await runner.bugbot("--version")).toEqual({ code: 0, stdout: "0.1.0\n", stderr: "" });
});

it("keeps Discord's limits of names and descriptions", ({ expect }) => {
  const described = describedIn(discordCommands);
  expect(described.length).toBeGreaterThan(10);
  expect(described.filter(({ description }) => !/^.{1,100}$/.test(description))).toEqual([]);
  expect(described.filter(({ name }) => !/^[-_\p{Ll}\d]{1,32}$/u.test(name))).toEqual([]);
});

function describedIn(value: unknown): { name: string; description: string }[] {
  if (typeof value !== "object" || value === null) return [];
  const own =
    "name" in value && "description" in value
      ? [{ name: String(value.name), description: String(value.description) }]
      : [];
  return [...own, ...Object.values(value).flatMap(describedIn)];
}
