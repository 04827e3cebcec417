import { describe, it } from "vitest";
import { allowsModel, judge } from "./egress.ts";
import type { Lease } from "./lease.ts";
import { testLease } from "./test-lease.ts";

const lease = { ...testLease, models: ["sonnet", "haiku"] };
const upstreams = {
  model: { url: "https://api.anthropic.com", apiKey: "model-key" },
  git: { url: "https://github.com", access: undefined },
  registries: (repository: string) =>
    repository === "acme/shop" ? ["registry.acme.test", "npm.acme.test:8443"] : ["registry.other.test"],
};
const decide = (method: string, url: string, over: Partial<Lease> | null = {}, nowMs = 1) =>
  judge(method, new URL(url), over === null ? undefined : { ...lease, ...over }, upstreams, nowMs);

describe("the egress lets pass", () => {
  it("a question to the model, with the key added", ({ expect }) => {
    expect(decide("POST", "https://api.anthropic.com/v1/messages?beta=true")).toMatchObject({
      kind: "model",
      headers: { "x-api-key": "model-key" },
    });
    expect(decide("POST", "https://api.anthropic.com/v1/messages/count_tokens")).toMatchObject({ kind: "model" });
  });

  it.for([
    ["GET", "https://github.com/acme/shop.git/info/refs?service=git-upload-pack", "git", "read"],
    ["POST", "https://github.com/Acme/Shop.git/git-upload-pack", "git", "read"],
    ["GET", "https://github.com/acme/shop/info/refs?service=git-receive-pack", "git", "push"],
    ["POST", "https://github.com/acme/shop.git/git-receive-pack", "push", "push"],
  ])(
    "git on its repository, to write only where it pushes: %s %s",
    ([method = "", url = "", kind, purpose], { expect }) => {
      expect(decide(method, url)).toMatchObject({ kind, purpose });
    },
  );
});

describe("the egress refuses", () => {
  it.for([
    ["GET", "https://api.anthropic.com/v1/messages"],
    ["POST", "https://api.anthropic.com/v1/organizations/api_keys"],
    ["POST", "https://api.anthropic.com/v1/messages/batches"],
    ["POST", "https://api.anthropic.com/v1/messages/../files"],
    ["POST", "http://api.anthropic.com/v1/messages"],
    ["POST", "https://api.anthropic.com.evil.com/v1/messages"],
    ["GET", "https://github.com/acme/other.git/info/refs?service=git-upload-pack"],
    ["GET", "https://github.com/acme/shop.git/../other.git/info/refs?service=git-upload-pack"],
    ["GET", "https://github.com/acme/shop.git/info/refs"],
    ["GET", "https://github.com/acme/shop/settings"],
    ["POST", "https://github.com/acme/shop/pulls"],
    ["GET", "https://github.com/acme%2Fshop.git/info/refs?service=git-upload-pack"],
    ["GET", "https://api.github.com/user"],
    ["GET", "http://169.254.169.254/latest/meta-data"],
    ["CONNECT", "https://evil.com/"],
  ])("%s %s", ([method = "", url = ""], { expect }) => {
    expect(decide(method, url)).toMatchObject({ kind: "refuse", status: 403 });
  });

  it("everything without a lease, after its end and after its expiry", ({ expect }) => {
    const url = "https://api.anthropic.com/v1/messages";
    expect(decide("POST", url, null)).toMatchObject({ kind: "refuse", status: 404 });
    expect(decide("POST", url, { closedAt: 1 })).toMatchObject({ kind: "refuse", status: 410 });
    expect(decide("POST", url, {}, 1000)).toMatchObject({ kind: "refuse", status: 410 });
  });
});

it("knows a model by its family", ({ expect }) => {
  expect(
    ["claude-sonnet-5", "claude-3-5-haiku-20241022", "anthropic.claude-sonnet-4-5-v1:0"].every((model) =>
      allowsModel(lease, model),
    ),
  ).toBe(true);
  expect(["claude-opus-5", "sonnetish", "gpt-5"].some((model) => allowsModel(lease, model))).toBe(false);
});

describe("a package registry that the operator allows", () => {
  it("is the one of the run's repository alone", ({ expect }) => {
    const other = { repository: "acme/other" };
    expect(decide("GET", "https://registry.other.test/left-pad", other)).toMatchObject({ kind: "registry" });
    expect(decide("GET", "https://registry.acme.test/left-pad", other)).toMatchObject({ kind: "refuse", status: 403 });
  });

  it.for(["https://registry.acme.test/left-pad", "https://npm.acme.test:8443/@acme%2fcart"])(
    "is open for reading: %s",
    (url, { expect }) => {
      expect(decide("GET", url)).toEqual({ kind: "registry", url: new URL(url) });
      expect(decide("HEAD", url)).toMatchObject({ kind: "registry" });
    },
  );

  it.for([
    ["PUT", "https://registry.acme.test/left-pad"],
    ["POST", "https://registry.acme.test/-/npm/v1/security/audits"],
    ["GET", "http://registry.acme.test/left-pad"],
    ["GET", "https://npm.acme.test/left-pad"],
    ["GET", "https://registry.acme.test.evil.com/left-pad"],
    ["GET", "https://evil.registry.acme.test/left-pad"],
    ["GET", "https://registry.other.test/left-pad"],
  ])("is not open for %s %s", ([method = "", url = ""], { expect }) => {
    expect(decide(method, url)).toMatchObject({ kind: "refuse", status: 403 });
  });
});
