import { beforeAll, describe, it } from "vitest";
import { privateKeyFault, readPem } from "./github-app-key.ts";
import { readSettings } from "./settings.ts";
import { invalidSettings } from "./wrong-settings.ts";

const wrap = (base64: string, kind = "PRIVATE KEY") =>
  [`-----BEGIN ${kind}-----`, ...(base64.match(/.{1,64}/g) ?? []), `-----END ${kind}-----`].join("\n");

let base64: string;
let pem: string;
beforeAll(async () => {
  const algorithm = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
  const pair = await crypto.subtle.generateKey({ name: "RSASSA-PKCS1-v1_5", ...algorithm }, true, ["sign", "verify"]);
  if (!("privateKey" in pair)) throw new TypeError("no key pair");
  const bytes = await crypto.subtle.exportKey("pkcs8", pair.privateKey);
  if (!(bytes instanceof ArrayBuffer)) throw new TypeError("no bytes");
  base64 = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  pem = wrap(base64);
});

describe("a GitHub App's private key", () => {
  it.for<[string, (key: string) => string]>([
    ["as it is", (key) => `${key}\n`],
    ["with its line ends written out", (key) => key.replaceAll("\n", String.raw`\n`)],
    ["with another system's line ends", (key) => key.replaceAll("\n", "\r\n")],
    ["with those written out", (key) => key.replaceAll("\n", String.raw`\r\n`)],
    ["with those escaped twice", (key) => key.replaceAll("\n", String.raw`\\n`)],
    ["with a space for each line end", (key) => key.replaceAll("\n", " ")],
    ["on one line with nothing between", (key) => key.replaceAll("\n", "")],
    ["indented, with empty lines", (key) => key.replaceAll("\n", "\n\n  ")],
  ])("is taken %s", ([, change], { expect }) => {
    const given = { GITHUB_APP_PRIVATE_KEY: change(pem) };
    const lines = readSettings(given).GITHUB_APP_PRIVATE_KEY?.split("\n") ?? [];
    expect([lines.at(0), lines.slice(1, -1).join(""), lines.at(-1)]).toEqual([
      "-----BEGIN PRIVATE KEY-----",
      base64,
      "-----END PRIVATE KEY-----",
    ]);
    expect(invalidSettings(given)).toEqual([]);
  });

  it.for<[string, () => string, RegExp]>([
    ["as GitHub hands it out", () => wrap(base64, "RSA PRIVATE KEY"), /PKCS#1.*`openssl pkcs8 -topk8 -nocrypt -in /],
    ["with a passphrase", () => wrap(base64, "ENCRYPTED PRIVATE KEY"), /has a passphrase.*openssl pkcs8/],
    [
      "with a passphrase in the older way",
      () =>
        pem.replaceAll("PRIVATE", "RSA PRIVATE").replace("\n", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,0\n\n"),
      /has a passphrase/,
    ],
    ["cut at its first line", () => "-----BEGIN RSA PRIVATE KEY-----", /ends early.*double quotes, with \\n/],
    ["without its last line", () => pem.split("\n").slice(0, -1).join("\n"), /ends early/],
    ["without its first line", () => pem.split("\n").slice(1).join("\n"), /lacks its first line/],
    ["that is no key", () => "Iv1.abc", /must be a private key in PEM/],
    ["that is the public one", () => wrap(base64, "PUBLIC KEY"), /holds a PUBLIC KEY.*download/],
    ["of OpenSSH", () => wrap(base64, "OPENSSH PRIVATE KEY"), /holds an OPENSSH PRIVATE KEY.*download/],
    ["without one of its lines", () => pem.split("\n").toSpliced(9, 1).join("\n"), /is damaged/],
    ["whose end is missing", () => wrap(base64.slice(0, 1200)), /is damaged/],
    ["with \\n that lost its backslash", () => pem.replaceAll("\n", "n"), /is damaged/],
    ["with a character that is no base64", () => pem.replace(/[A-Z]\n/, "*\n"), /is damaged/],
    ["that is empty", () => wrap(""), /ends early/],
  ])("%s is refused, with what to do and without the key", ([, key, reason], { expect }) => {
    const [said = "", ...others] = invalidSettings({ GITHUB_APP_PRIVATE_KEY: key() });
    expect(others).toEqual([]);
    expect(said).toMatch(reason);
    expect(said).not.toMatch(/MII|Iv1/);
  });

  it("is found damaged wherever one character is another", ({ expect }) => {
    for (let at = 0; at < base64.length - 4; at += 97) {
      const other = base64[at] === "A" ? "B" : "A";
      const changed = wrap(base64.slice(0, at) + other + base64.slice(at + 1));
      expect(privateKeyFault(changed), String(at)).toMatch(/is damaged/);
    }
  });

  it("is left as it is where it is none", ({ expect }) => {
    expect([readPem(undefined), readPem("no key")]).toEqual([undefined, "no key"]);
  });
});
