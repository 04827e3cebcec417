import { afterAll, beforeAll, describe, it } from "vitest";
import { createNpmRegistry, type NpmRegistry } from "../../local/npm-registry.ts";
import { createPackageAgent, otherHost, pad, projectFiles, registryHost } from "../package-project.ts";
import { type ContainerWorld, createContainerWorld } from "./container-world.ts";
import { engine } from "./docker.ts";

const agent = createPackageAgent();

describe.skipIf(!engine)("a run that may read from a package registry", () => {
  let world: ContainerWorld;
  let registry: NpmRegistry;
  let other: NpmRegistry;
  beforeAll(async () => {
    [registry, other] = await Promise.all([createNpmRegistry([pad]), createNpmRegistry([pad])]);
    world = await createContainerWorld(agent.script, {
      variables: { BUGBOT_ALLOWED_REGISTRIES: registryHost },
      places: { [`https://${registryHost}`]: registry.url, [`https://${otherHost}`]: other.url },
    });
    const lock = registry.lock("shop");
    await world.github.seedRepository("acme/locked", { files: projectFiles(lock) });
    await world.github.seedRepository("acme/elsewhere", {
      files: projectFiles(lock.replaceAll("registry.npmjs.org", otherHost)),
    });
  });
  afterAll(async () => {
    await world?.close();
    await Promise.all([registry?.close(), other?.close()]);
  });
  const fix = (name: string, eventId: string) =>
    world.mention(`fix https://github.com/acme/${name} The total is wrong`, { eventId });

  it("proves the fix with the packages that the project locks", async ({ expect }) => {
    const { outcome, replies } = await fix("locked", "EvLocked");
    expect(outcome).toBe("succeeded");
    expect(replies[0]?.text).toContain("Reproduced: `npm test` failed before the change, and passes after it.");
    expect(world.github.pullRequests("acme/locked")).toMatchObject([{ draft: false }]);
    const asked = registry.requests.map(({ method, path }) => `${method} ${path}`);
    // The agent's `npm view` and `npm publish`, then the proof's `npm ci`.
    expect(new Set(asked)).toEqual(new Set(["GET /left-pad", "GET /shop", "GET /left-pad/-/left-pad-1.3.0.tgz"]));
    const headers = registry.requests.map((request) => request.headers);
    expect(headers.filter((one) => "authorization" in one || "cookie" in one)).toEqual([]);
    expect(JSON.stringify(headers)).not.toContain("stolen");
  });

  it.for([
    ["POST", registryHost, "-/npm/v1/security/audits/quick", `${registryHost} is open for reading only`],
    ["PUT", registryHost, "left-pad", `${registryHost} is open for reading only`],
    ["PUT", registryHost, "shop", `${registryHost} is open for reading only`],
    ["GET", otherHost, "left-pad", `${otherHost} is not reachable from a run`],
  ])("is refused %s https://%s/%s, which is logged", ([method, host, path, reason = ""], { expect }) => {
    expect(agent.printed[0]).toContain(`bugbot: ${reason}`);
    const facts = `"commandId":"slack-EvLocked","method":"${method}","host":"${host}","path":"/${path}","reason":"${reason}"`;
    const logged = world.logs.filter((line) => line.includes(facts));
    expect(logged).toContainEqual(expect.stringContaining('"event":"egress_refused"'));
  });

  it("proves nothing with packages that the project locks in another registry, and says why", async ({ expect }) => {
    const { outcome, replies } = await fix("elsewhere", "EvElsewhere");
    expect(outcome).toBe("succeeded");
    expect(replies[0]?.text).toMatch(/Not verified: dependencies could not be installed \(npm error .*403/);
    expect(world.github.pullRequests("acme/elsewhere")).toMatchObject([{ draft: true }]);
    const tarball = `"host":"${otherHost}","path":"/left-pad/-/left-pad-1.3.0.tgz"`;
    expect(world.logs.filter((line) => line.includes(tarball))).toContainEqual(
      expect.stringContaining('"commandId":"slack-EvElsewhere"'),
    );
    expect(other.requests).toEqual([]);
    expect(world.outside?.unanswered).toEqual([]);
  });
});
