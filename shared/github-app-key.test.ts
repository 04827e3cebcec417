import { describe, it } from "vitest";
import { privateKeyFault } from "./github-app-key.ts";
import { invalidSettings, readSettings } from "./settings.ts";

const pem = (kind: string) => `-----BEGIN ${kind}-----\nMIIEvQ\n-----END ${kind}-----\n`;

describe("a GitHub App's private key", () => {
  it("is taken in PKCS#8, also with its line ends written out", ({ expect }) => {
    expect(privateKeyFault(pem("PRIVATE KEY"))).toBeUndefined();
    const written = pem("PRIVATE KEY").replaceAll("\n", String.raw`\n`);
    expect(invalidSettings({ GITHUB_APP_PRIVATE_KEY: written })).toEqual([]);
    expect(readSettings({ GITHUB_APP_PRIVATE_KEY: written }).GITHUB_APP_PRIVATE_KEY).toBe(pem("PRIVATE KEY").trim());
  });

  it.for([
    ["as GitHub hands it out", pem("RSA PRIVATE KEY"), /PKCS#1.*`openssl pkcs8 -topk8 -nocrypt -in /],
    ["with a passphrase", pem("ENCRYPTED PRIVATE KEY"), /not an ENCRYPTED PRIVATE KEY.*openssl pkcs8/],
    ["cut at its first line", "-----BEGIN RSA PRIVATE KEY-----", /ends early.*double quotes, with \\n/],
    ["that is no key", "Iv1.abc", /must be a private key in PEM/],
  ] as const)("%s is refused, with what to do and without the key", ([, key, reason], { expect }) => {
    const [said = "", ...others] = invalidSettings({ GITHUB_APP_PRIVATE_KEY: key });
    expect(others).toEqual([]);
    expect(said).toMatch(reason);
    expect(said).not.toMatch(/MIIEvQ|Iv1/);
  });
});
