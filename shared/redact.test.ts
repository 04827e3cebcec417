import { afterEach, it, vi } from "vitest";
import { createLog } from "./log.ts";
import { createRedact } from "./redact.ts";
import { readSettings, secretsOf } from "./settings.ts";

afterEach(() => vi.restoreAllMocks());

it("takes every known secret out of a text", ({ expect }) => {
  expect(createRedact(["token-123"])("a token-123 b token-123")).toBe("a [redacted] b [redacted]");
});

it("takes out tokens of GitHub's that nobody told it", ({ expect }) => {
  const minted = `ghs_${"a1B2".repeat(9)}`;
  expect(createRedact([])(`x-access-token:${minted}@github.com, ghs_short, highs_and_lows_of_a_long_name`)).toBe(
    "x-access-token:[redacted]@github.com, ghs_short, highs_and_lows_of_a_long_name",
  );
});

it.for([
  ["git's own", (secret: string) => btoa(`x-access-token:${secret}`)],
  ["base64 of more", (secret: string) => btoa(`a=${secret}, and so on`)],
  ["base64 of yet more", (secret: string) => btoa(`a: ${secret}!`)],
  ["base64 for addresses", (secret: string) => btoa(`k${secret}~~~???`).replaceAll("+", "-").replaceAll("/", "_")],
  ["hex", (secret: string) => Array.from(secret, (one) => one.charCodeAt(0).toString(16)).join("")],
  ["JSON", (secret: string) => JSON.stringify({ secret })],
  ["an address", (secret: string) => `https://a.test/?${new URLSearchParams({ secret }).toString()}`],
] as const)("takes a secret out in other writings: %s", ([, write], { expect }) => {
  const secret = 'can"ary+key/0123456789?~';
  const written = write(secret);
  const cleaned = createRedact([secret, "another"])(`before ${written} after`);
  expect(cleaned).toMatch(/^before .*\[redacted\].* after$/);
  const left = cleaned.slice("before ".length, -" after".length).replace("[redacted]", "");
  // Of the letters around it some may stay, of its own none.
  expect(written.length - left.length).toBeGreaterThanOrEqual(secret.length);
});

it("takes a credential of git's out whose token nobody told it", ({ expect }) => {
  const sent = btoa(`x-access-token:${"unknown-".repeat(4)}`);
  expect(createRedact([])(`authorization: Basic ${sent}`)).toBe("authorization: Basic [redacted]");
});

it("leaves short values alone, which would blank ordinary words", ({ expect }) => {
  expect(createRedact(["a"])("a cart")).toBe("a cart");
});

it("keeps every credential out of the log", ({ expect }) => {
  const names = [
    "SLACK_SIGNING_SECRET",
    "SLACK_BOT_TOKEN",
    "DISCORD_BOT_TOKEN",
    "LINEAR_API_KEY",
    "GITHUB_TOKEN",
    "ANTHROPIC_API_KEY",
  ];
  const settings = readSettings(Object.fromEntries(names.map((name) => [name, `canary-${name}`])));
  const printed = vi.spyOn(console, "log").mockReturnValue();
  createLog("consumer", secretsOf(settings))("failed", { error: names.map((name) => `canary-${name}`).join(" ") });
  expect(printed.mock.calls.join(" ")).not.toContain("canary");
});

it("keeps a key of several lines out of the log, line for line", ({ expect }) => {
  const lines = ["MIIEvQIBADANBgkqh", "kiG9w0BAQEFAASCBK"];
  const key = ["-----BEGIN PRIVATE KEY-----", ...lines, "-----END PRIVATE KEY-----"].join("\n");
  const printed = vi.spyOn(console, "log").mockReturnValue();
  createLog("consumer", secretsOf(readSettings({ GITHUB_APP_PRIVATE_KEY: key })))("failed", { error: `no ${key}` });
  expect(printed.mock.calls.join(" ")).not.toMatch(/MIIE|kiG9/);
});
