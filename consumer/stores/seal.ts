/** A sealed blob: a mark, when it was sealed, a salt, an IV, then the ciphertext of AES-256-GCM. */
const mark = new TextEncoder().encode("bugbot1\n");
const timeLength = 8;
const saltLength = 16;
const ivLength = 12;
const headLength = mark.length + timeLength;
const overhead = headLength + saltLength + ivLength;

/** A key for one context and salt alone: HKDF with SHA-256, https://www.rfc-editor.org/rfc/rfc5869 */
async function deriveKey(secret: string, context: string, salt: Uint8Array<ArrayBuffer>) {
  const encoder = new TextEncoder();
  const material = await crypto.subtle.importKey("raw", encoder.encode(secret), "HKDF", false, ["deriveKey"]);
  const info = encoder.encode(`bugbot checkpoint\n${context}`);
  const how = { name: "HKDF", hash: "SHA-256", salt, info };
  return crypto.subtle.deriveKey(how, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** What is authenticated beside the content: when it was sealed, and what for. */
function associated(head: Uint8Array<ArrayBuffer>, context: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array([...head, ...new TextEncoder().encode(context)]);
}

/** Encrypts `content` for one context: nothing sealed for another opens in its place. */
export async function seal(
  secret: string,
  context: string,
  content: Uint8Array<ArrayBuffer>,
  nowMs: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const salt = crypto.getRandomValues(new Uint8Array(saltLength));
  const iv = crypto.getRandomValues(new Uint8Array(ivLength));
  const head = new Uint8Array(headLength);
  head.set(mark);
  new DataView(head.buffer).setBigUint64(mark.length, BigInt(nowMs));
  const key = await deriveKey(secret, context, salt);
  const additionalData = associated(head, context);
  const encrypted = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, content);
  const sealed = new Uint8Array(overhead + encrypted.byteLength);
  sealed.set(head);
  sealed.set(salt, headLength);
  sealed.set(iv, headLength + saltLength);
  sealed.set(new Uint8Array(encrypted), overhead);
  return sealed;
}

/** Undefined where it was sealed with another key, for another context, or changed since. `sealedAt` is in ms since the epoch. */
export async function unseal(
  secret: string,
  context: string,
  sealed: Uint8Array<ArrayBuffer>,
): Promise<{ content: ArrayBuffer; sealedAt: number } | undefined> {
  if (sealed.length < overhead || mark.some((byte, at) => sealed[at] !== byte)) return undefined;
  const head = sealed.slice(0, headLength);
  const salt = sealed.slice(headLength, headLength + saltLength);
  const iv = sealed.slice(headLength + saltLength, overhead);
  const key = await deriveKey(secret, context, salt);
  const additionalData = associated(head, context);
  try {
    const content = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, sealed.slice(overhead));
    return { content, sealedAt: Number(new DataView(head.buffer).getBigUint64(mark.length)) };
  } catch {
    return undefined;
  }
}
