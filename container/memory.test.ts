import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, describe, it } from "vitest";
import * as z from "zod/mini";
import type { Script } from "../local/anthropic.ts";
import { createWorld, type World } from "./test-world.ts";

let world: World;
afterEach(() => world.close());

const bash = (command: string) => [{ tool: "Bash", input: { command, description: "Do it" } }];

async function checkpointOf(id: string): Promise<Buffer> {
  const response = await fetch(`${world.url}/jobs/${id}/checkpoint`);
  if (!response.ok) throw new Error(`${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}
const give = async (id: string, body: Buffer) =>
  (await fetch(`${world.url}/jobs/${id}/checkpoint`, { method: "PUT", body: new Uint8Array(body) })).status;

async function endOf(id: string) {
  const last = (await world.follow(id)).at(-1);
  if (last?.kind !== "outcome") throw new Error("no outcome");
  return last;
}

const opened = (packed: Buffer) =>
  z
    .object({
      session: z.object({ id: z.string(), transcript: z.string() }),
      work: z.optional(z.string()),
    })
    .parse(JSON.parse(gunzipSync(packed).toString("utf8")));
const pack = (content: unknown) => gzipSync(JSON.stringify(content));

/** Writes a file and waits for the end; asked again, shows what is there. */
const interrupted: Script = ({ turn, toolResults, said }) => {
  if (turn === 0) return bash("echo 'export const half = 1;' > src/half.js; echo x > notes.txt");
  if (!said.includes("go on")) return [{ text: "Half of it is done." }, ...bash("sleep 60")];
  return toolResults.some((result) => result.includes("half = 1"))
    ? [{ text: `It is there: ${toolResults.join()}` }]
    : bash("pwd; cat src/half.js; git status --short; ls");
};

async function interrupt(): Promise<Buffer> {
  await world.post("/jobs", world.job());
  await world.follow("job-1", (event) => event.kind === "tool" && event.words.includes("sleep"));
  await world.post("/jobs/job-1/stop");
  await endOf("job-1");
  return checkpointOf("job-1");
}

describe("a run's memory", () => {
  it("is dropped where it was fetched: once, and that of no other run", async ({ expect }) => {
    world = await createWorld({ script: () => [{ text: "Done." }] });
    for (const id of ["job-1", "job-2"]) await world.run({ id });
    const status = async (id: string, method = "GET") =>
      (await fetch(`${world.url}/jobs/${id}/checkpoint`, { method })).status;
    expect([await status("job-1"), await status("job-2")]).toEqual([200, 200]);
    expect(await status("job-1", "DELETE")).toBe(200);
    expect([await status("job-1"), await status("job-2")]).toEqual([404, 200]);
    // A retry, and a job that nobody knows.
    expect([await status("job-1", "DELETE"), await status("nobody", "DELETE")]).toEqual([200, 200]);
    expect((await world.read("job-1", 0)).done).toBe(true);
  });

  it("lets a later run on an empty disk go on in the same session, and costs no more than its own", async ({
    expect,
  }) => {
    const script: Script = ({ turn, said }) =>
      turn % 2 === 0
        ? bash(`echo ${turn} >> src/cart.js`)
        : [{ text: `Heard ${said.includes("and the empty cart")}.` }];
    world = await createWorld({ script });
    const first = await world.run();
    expect(first).toMatchObject({ kind: "pushed", summary: "Heard false." });
    expect(await world.leftovers()).toEqual([]);

    const packed = await checkpointOf("job-1");
    const { session, work } = opened(packed);
    expect(work).toBeUndefined();
    expect(session.transcript).not.toContain(world.workspace);
    expect(await give("job-2", packed)).toBe(202);
    const second = await world.run({ id: "job-2", prompt: "not this", resumePrompt: "and the empty cart" });
    expect(second).toMatchObject({ kind: "pushed", summary: "Heard true." });
    expect(second.usage.turns).toBe(2);
    expect(second.usage.costUsd).toBeLessThan(first.usage.costUsd * 1.5);
    expect(world.remote.git(["show", "bugbot/one:src/cart.js"])).toMatch(/0\n2$/);
    const sent = JSON.stringify(world.anthropic.requests.at(-1)?.body);
    expect(sent).toContain("The total is wrong");
    expect(sent).not.toContain("not this");
    expect(opened(await checkpointOf("job-2")).session.id).toBe(session.id);
    expect(await world.leftovers()).toEqual([]);
  });

  it("keeps what a stopped run had changed, and gives it back", async ({ expect }) => {
    world = await createWorld({ script: interrupted });
    const packed = await interrupt();
    expect(await endOf("job-1")).toMatchObject({
      outcome: { kind: "stopped" },
      memory: { files: [{ path: "src/half.js" }], said: "Half of it is done.", lost: [] },
    });
    expect(world.branches()).toEqual(["main"]);

    expect(await give("job-2", packed)).toBe(202);
    const outcome = await world.run({ id: "job-2", resumePrompt: "go on" });
    expect(outcome).toMatchObject({ kind: "pushed", files: [{ path: "src/half.js" }] });
    expect(outcome).toHaveProperty("summary", expect.stringContaining("?? src/half.js"));
    // What the run may not change is not kept.
    expect(outcome).toHaveProperty("summary", expect.not.stringContaining("notes.txt"));
  });

  it("says what does not fit any more, and goes on without it", async ({ expect }) => {
    world = await createWorld({ script: interrupted });
    const packed = await interrupt();
    world.remote.push({ "src/half.js": "export const other = 2;\n" }, "bugbot/one");
    await give("job-2", packed);
    await world.post(
      "/jobs",
      world.job({ id: "job-2", resumePrompt: "go on", limits: { ...world.job().limits, maxTurns: 1 } }),
    );
    expect(await endOf("job-2")).toMatchObject({ memory: { lost: ["work"] } });
    expect(world.remote.git(["show", "bugbot/one:src/half.js"])).toContain("other = 2");
  });

  it("starts over where the session cannot be taken up", async ({ expect }) => {
    world = await createWorld({ script: ({ said }) => [{ text: said.includes("fresh") ? "Fresh." : "Odd." }] });
    const session = { id: "0b7a7a0e-1111-4222-8333-444455556666", transcript: '{"type":"nothing"}\n' };
    expect(await give("job-1", pack({ v: 1, session }))).toBe(202);
    await world.post("/jobs", world.job({ prompt: "all of it, fresh", resumePrompt: "more" }));
    expect(await endOf("job-1")).toMatchObject({
      outcome: { kind: "no_change", summary: "Fresh." },
      memory: { lost: ["session"] },
    });
  });

  it.for<[string, () => Buffer]>([
    ["no archive", () => Buffer.from("{}")],
    ["a session that names a file", () => pack({ v: 1, session: { id: "../../x", transcript: "{}\n" } })],
    [
      "a transcript that is none",
      () => pack({ v: 1, session: { id: "0b7a7a0e-1111-4222-8333-444455556666", transcript: "rm -rf\n" } }),
    ],
    ["an archive that swells", () => pack({ v: 1, work: "A".repeat(64 * 1024 * 1024) })],
  ])("refuses %s", async ([, packed], { expect }) => {
    world = await createWorld({ script: () => [{ text: "Done." }] });
    expect(await give("job-1", packed())).toBe(422);
  });

  const file = (path: string, mode: string, line: string) =>
    `diff --git a/${path} b/${path}\nnew file mode ${mode}\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+${line}\n`;
  it.for([
    ["a symbolic link", `${file("src/link", "120000", "/etc/passwd")}\\ No newline at end of file\n`],
    ["a path outside", file("../outside.js", "100644", "x")],
    ["git's own folder", file("src/.git/hooks/pre-commit", "100755", "x")],
    ["a path that is not allowed", file(".github/workflows/x.yml", "100644", "x")],
  ])("writes nothing of work with %s", async ([, patch], { expect }) => {
    world = await createWorld({
      script: ({ turn, toolResults }) =>
        turn === 0
          ? bash("git status --short --ignored; ls -a . .. src .git/hooks; true")
          : [{ text: toolResults.join() }],
    });
    const good = file("src/good.js", "100644", "x");
    await give("job-1", pack({ v: 1, work: Buffer.from(good + patch).toString("base64") }));
    await world.post("/jobs", world.job());
    const end = await endOf("job-1");
    expect(end).toMatchObject({ outcome: { kind: "no_change" }, memory: { lost: ["work"] } });
    expect(end.outcome).toHaveProperty(
      "summary",
      expect.not.stringMatching(/good\.js|link|outside|pre-commit|\.github/),
    );
  });

  it("keeps no file that the agent put in the transcript's place", async ({ expect }) => {
    world = await createWorld({
      script: ({ turn }) =>
        turn === 0
          ? bash('cd ../claude/projects/*/ && for f in *.jsonl; do rm "$f"; ln -s /etc/passwd "$f"; done; sleep 60')
          : [{ text: "Done." }],
    });
    await world.post("/jobs", world.job());
    await world.follow("job-1", (event) => event.kind === "tool");
    await world.post("/jobs/job-1/stop");
    await endOf("job-1");
    const response = await fetch(`${world.url}/jobs/job-1/checkpoint`);
    const kept = response.ok ? gunzipSync(Buffer.from(await response.arrayBuffer())).toString("utf8") : "";
    expect(kept).not.toContain("root:");
  });
});
