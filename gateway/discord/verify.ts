import { verifyKey } from "discord-interactions";
import { signatureWindowSeconds } from "../../shared/limits.ts";

/**
 * Discord's Ed25519 signature over `<timestamp><raw body>`; `publicKey` is 64 hex digits. The package reads odd hex digits as
 * something else and knows no time, so both are checked here first.
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
    return imported !== undefined && verifyKey(body, signature, timestamp, imported);
  };
}

/** Nothing when it is no key: then no signature is valid. */
async function importKey(publicKey: string): Promise<CryptoKey | undefined> {
  if (!/^[0-9a-f]{64}$/i.test(publicKey)) return undefined;
  const bytes = Uint8Array.from(publicKey.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  return crypto.subtle.importKey("raw", bytes, { name: "Ed25519" }, false, ["verify"]).catch(() => undefined);
}
