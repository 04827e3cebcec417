import { signatureWindowSeconds } from "../../shared/limits.ts";
import { bytesOfHex } from "../bytes-of-hex.ts";

const encoder = new TextEncoder();

/**
 * Slack's v0 signature: HMAC-SHA256 over `v0:<timestamp>:<raw body>`, compared by WebCrypto in constant time.
 * https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export function createVerify(signingSecret: string) {
  let key: ReturnType<typeof crypto.subtle.importKey> | undefined;
  return async (headers: Headers, body: Uint8Array<ArrayBuffer>, nowMs: number): Promise<boolean> => {
    const timestamp = headers.get("x-slack-request-timestamp") ?? "";
    const [, hex] = /^v0=([0-9a-f]{64})$/.exec(headers.get("x-slack-signature") ?? "") ?? [];
    if (!hex || !/^\d{1,12}$/.test(timestamp)) return false;
    if (Math.abs(nowMs / 1000 - Number(timestamp)) > signatureWindowSeconds) return false;

    key ??= crypto.subtle.importKey("raw", encoder.encode(signingSecret), { name: "HMAC", hash: "SHA-256" }, false, [
      "verify",
    ]);
    const prefix = encoder.encode(`v0:${timestamp}:`);
    const signed = new Uint8Array(prefix.length + body.length);
    signed.set(prefix);
    signed.set(body, prefix.length);
    return crypto.subtle.verify("HMAC", await key, bytesOfHex(hex), signed);
  };
}
