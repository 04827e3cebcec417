import { signatureWindowSeconds } from "../../shared/limits.ts";
import { bytesOfHex } from "../bytes-of-hex.ts";

const encoder = new TextEncoder();

/**
 * Discord's Ed25519 signature over `<timestamp><raw body>`; `publicKey` is 64 hex digits.
 * https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint-validating-security-request-headers
 */
export function createVerify(publicKey: string) {
  let key: Promise<CryptoKey | undefined> | undefined;
  return async (headers: Headers, body: Uint8Array<ArrayBuffer>, nowMs: number): Promise<boolean> => {
    const signature = headers.get("x-signature-ed25519") ?? "";
    const timestamp = headers.get("x-signature-timestamp") ?? "";
    if (!/^[0-9a-f]{128}$/i.test(signature) || !/^\d{1,12}$/.test(timestamp)) return false;
    if (Math.abs(nowMs / 1000 - Number(timestamp)) > signatureWindowSeconds) return false;

    key ??= importKey(publicKey);
    const imported = await key;
    if (imported === undefined) return false;
    const signed = new Uint8Array(timestamp.length + body.length);
    encoder.encodeInto(timestamp, signed);
    signed.set(body, timestamp.length);
    return crypto.subtle.verify("Ed25519", imported, bytesOfHex(signature), signed);
  };
}

/** Nothing when it is no key: then no signature is valid. */
async function importKey(publicKey: string): Promise<CryptoKey | undefined> {
  if (!/^[0-9a-f]{64}$/i.test(publicKey)) return undefined;
  return crypto.subtle.importKey("raw", bytesOfHex(publicKey), "Ed25519", false, ["verify"]).catch(() => undefined);
}
