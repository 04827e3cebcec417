import { afterEach, it, vi } from "vitest";
import { createLog } from "./log.ts";
import { redact } from "./redact.ts";
import { readSettings, secretsOf } from "./settings.ts";

afterEach(() => vi.restoreAllMocks());

it("takes every known secret out of a text", ({ expect }) => {
  expect(redact("a token-123 b token-123", ["token-123"])).toBe("a [redacted] b [redacted]");
});

it("takes out tokens of GitHub's that nobody told it", ({ expect }) => {
  const minted = `ghs_${"a1B2".repeat(9)}`;
  expect(redact(`x-access-token:${minted}@github.com, ghs_short, highs_and_lows_of_a_long_name`, [])).toBe(
    "x-access-token:[redacted]@github.com, ghs_short, highs_and_lows_of_a_long_name",
  );
});

it("leaves short values alone, which would blank ordinary words", ({ expect }) => {
  expect(redact("a cart", ["a"])).toBe("a cart");
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
