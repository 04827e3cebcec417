/** Ids made from what they are for: asked twice, the same. */

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Shaped as a UUID v4, as Linear wants its clients' ids. */
export async function stableUuid(text: string): Promise<string> {
  const bytes = (await digest(text)).slice(0, 16);
  const digits = hex(
    bytes.map((byte, at) => (at === 6 ? (byte & 0x0f) | 0x40 : at === 8 ? (byte & 0x3f) | 0x80 : byte)),
  );
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Eight hex digits. */
export async function stableKey(text: string): Promise<string> {
  return hex((await digest(text)).slice(0, 4));
}
