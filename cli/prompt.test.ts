import { afterAll, beforeAll, describe, it } from "vitest";
import { createRunner, type Runner } from "./run-bugbot.ts";

let runner: Runner;
beforeAll(async () => {
  runner = await createRunner();
});
afterAll(() => runner.remove());

describe("bugbot prompt", () => {
  it("prints what the agent is asked, with this project's paths and check", async ({ expect }) => {
    const { code, stdout } = await runner.bugbot("prompt", {
      BUGBOT_VERIFY: "make check",
      BUGBOT_ALLOWED_PATHS: "lib/**",
    });
    expect(code).toBe(0);
    expect(stdout).toContain("files that match: lib/**.");
    expect(stdout).toContain("`make check` is run without you");
    expect(stdout).toContain("Untrusted, the repository's CLAUDE.md:");
  });

  it("prints it with its version as JSON", async ({ expect }) => {
    const { stdout } = await runner.bugbot("prompt --json");
    expect(JSON.parse(stdout)).toEqual({ version: expect.any(Number), prompt: expect.stringContaining("acme/shop") });
  });
});
