import { afterAll, beforeAll, describe, it } from "vitest";
import { createNpmRegistry, type NpmRegistry } from "../local/npm-registry.ts";
import { createPackageAgent, otherHost, pad, projectFiles, registryHost } from "./package-project.ts";
import { createWorld, type World } from "./world.ts";

const repository = "acme/with-packages";
const tarball = "GET /left-pad/-/left-pad-1.3.0.tgz";
const agent = createPackageAgent();

describe("a run that may read from a package registry", () => {
  let world: World;
  let registry: NpmRegistry;
  let other: NpmRegistry;
  beforeAll(async () => {
    [registry, other] = await Promise.all([createNpmRegistry([pad]), createNpmRegistry([pad])]);
    world = await createWorld({
      script: agent.script,
      variables: { DISCORD_MENTIONS: "off", BUGBOT_ALLOWED_REGISTRIES: registryHost },
      places: { [`https://${registryHost}`]: registry.url, [`https://${otherHost}`]: other.url },
    });
    await world.github.seedRepository(repository, { files: projectFiles(registry.lock("shop")) });
  });
  afterAll(async () => {
    await world?.close();
    await Promise.all([registry.close(), other.close()]);
  });

  it("proves the fix with the packages that the project locks", async ({ expect }) => {
    const report = `fix https://github.com/${repository} The total is wrong`;
    const { outcome, replies } = await world.mention(report, { eventId: "EvPackages" });
    expect(outcome).toBe("succeeded");
    const words = "Reproduced: `npm test` failed before the change, and passes after it.";
    expect(replies[0]?.text).toContain(words);
    expect(world.github.pullRequests(repository)).toMatchObject([
      { draft: false, body: expect.stringContaining(words) },
    ]);
    expect(world.outside?.unanswered).toEqual([]);
  });

  it("asks for what npm needs, without a credential", ({ expect }) => {
    const asked = registry.requests.map(({ method, path }) => `${method} ${path}`);
    // The agent's `npm view` and `npm publish`, then the proof's `npm ci`.
    expect([...new Set(asked)]).toEqual(["GET /left-pad", "GET /shop", tarball]);
    // The second copy of the project has it from the cache.
    expect(asked.filter((line) => line === tarball)).toHaveLength(1);
    const headers = registry.requests.map((request) => request.headers);
    expect(headers.filter((one) => "authorization" in one || "cookie" in one)).toEqual([]);
    expect(JSON.stringify(headers)).not.toContain("stolen");
    expect(agent.printed[0]).toContain("view: 1.3.0");
  });

  it.for([
    ["POST", registryHost, "-/npm/v1/security/audits/quick", `${registryHost} is open for reading only`],
    ["PUT", registryHost, "left-pad", `${registryHost} is open for reading only`],
    ["PUT", registryHost, "shop", `${registryHost} is open for reading only`],
    ["GET", otherHost, "left-pad", `${otherHost} is not reachable from a run`],
  ])("is refused %s https://%s/%s, which is logged", ([method, host, path, reason = ""], { expect }) => {
    expect(agent.printed[0]).toContain(`bugbot: ${reason}`);
    const logged = new RegExp(
      `"commandId":"slack-EvPackages","method":"${method}","host":"${host}","path":"/${path}","reason":"${reason}"`,
    );
    expect(world.logs).toContainEqual(expect.stringMatching(logged));
    expect(world.logs.find((line) => logged.test(line))).toContain('"event":"egress_refused"');
    expect(other.requests).toEqual([]);
  });
});
