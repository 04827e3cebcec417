import { generateKeyPairSync, sign as signBytes } from "node:crypto";

const spkiPrefixBytes = 12;

export type Sign = (body: string, timestampSeconds?: number) => Record<string, string>;

/** The application's key pair: what signs its interactions, and the hex that checks them. */
export function createSignature(): { publicKey: string; sign: Sign } {
  const pair = generateKeyPairSync("ed25519");
  const publicKey = pair.publicKey.export({ format: "der", type: "spki" }).subarray(spkiPrefixBytes).toString("hex");
  return {
    publicKey,
    // https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint-validating-security-request-headers
    sign: (body, timestampSeconds = Math.floor(Date.now() / 1000)) => ({
      "content-type": "application/json",
      "user-agent": "Discord-Interactions/1.0 (+https://discord.com)",
      "x-signature-ed25519": signBytes(null, Buffer.from(`${timestampSeconds}${body}`), pair.privateKey).toString(
        "hex",
      ),
      "x-signature-timestamp": String(timestampSeconds),
    }),
  };
}
