import { afterEach, describe, it, vi } from "vitest";
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

describe("a credential as vendors make them", () => {
  const secret = "sk-ant-api03-Xk_9fQ-2mB7_vT4-zL0pWd8_Rc5-yHs1AA";
  const redact = createRedact([secret]);
  const code = (write: (code: number) => string) => Array.from(secret, (one) => write(one.charCodeAt(0))).join("");
  const wrap = (text: string, width: number, end = "\n") =>
    text.replace(new RegExp(`.{${width}}(?=.)`, "g"), `$&${end}`);
  const hex = code((one) => one.toString(16));

  it.for([
    ["as Markdown that is escaped", secret.replace(/[_-]/g, "\\$&")],
    ["as Markdown in JSON", JSON.stringify(secret.replace(/[_-]/g, "\\$&"))],
    ["in JSON's own escapes", code((one) => `\\u${one.toString(16).padStart(4, "0")}`)],
    ["with one letter escaped", secret.replace("_", "\\u005F")],
    ["in JSON in JSON", JSON.stringify(JSON.stringify(secret).replaceAll("_", "\\u005f"))],
    ["in HTML", code((one) => `&#${one};`)],
    ["in HTML by hex", code((one) => `&#x${one.toString(16)};`)],
    ["in HTML by name", secret.replaceAll("_", "&lowbar;")],
    ["in HTML in JSON", secret.replaceAll("_", "\\u0026#95;")],
    ["in an address", code((one) => `%${one.toString(16)}`)],
    ["in base64", btoa(`key: ${secret}!`)],
    ["in base64 that is wrapped", wrap(btoa(`key: ${secret}!`), 20)],
    ["in base64 that is wrapped in JSON", wrap(btoa(secret), 20, "\\n")],
    ["in base64 that is wrapped and quoted", wrap(btoa(secret), 20, "\r\n> ")],
    ["in hex", hex],
    ["in large hex that is wrapped", wrap(hex.toUpperCase(), 32)],
    ["wrapped", wrap(secret, 20)],
    ["with what nobody sees in it", wrap(secret, 5, "\u200B")],
    ["without its end", secret.slice(0, -9)],
    ["without its beginning", secret.slice(9)],
    ["without either", secret.slice(14, -9)],
    ["without its end, in base64", btoa(secret).slice(0, 40)],
    ["without its beginning, in hex", hex.slice(31)],
    ["without its end, as Markdown that is escaped", secret.slice(0, 26).replace(/[_-]/g, "\\$&")],
  ] as const)("is taken out %s", ([, written], { expect }) => {
    const cleaned = redact(`before ${written} after`);
    expect(cleaned).toMatch(/^before .*\[redacted\].* after$/s);
    // Of what stands around it in the same letters of base64 some may stay.
    expect(cleaned.length).toBeLessThan("before [redacted] after".length + 12);
  });

  it("leaves the rest of a text as it was, escapes included", ({ expect }) => {
    const around = String.raw`a \_b\_ &amp; %41 > c  d`;
    expect(redact(`${around} ${secret} ${around}`)).toBe(`${around} [redacted] ${around}`);
    expect(redact(around)).toBe(around);
  });
});

it("takes a token of GitHub's that nobody told it out of Markdown that is escaped", ({ expect }) => {
  expect(createRedact([])(`it is ghs\\_${"a1B2".repeat(9)}.`)).toBe("it is [redacted]");
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
