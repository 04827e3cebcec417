/** A key pair like the one Discord makes for an application, and its signature's headers. For tests. */
export async function createSigner() {
  const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"]);
  if (!("privateKey" in pair)) throw new Error("not a key pair");
  const raw = await crypto.subtle.exportKey("raw", pair.publicKey);
  if (!(raw instanceof ArrayBuffer)) throw new Error("not a raw key");

  return {
    publicKey: hex(raw),
    sign: async (body: string, timestamp: string): Promise<Record<string, string>> => {
      const signed = new TextEncoder().encode(timestamp + body);
      const signature = await crypto.subtle.sign({ name: "Ed25519" }, pair.privateKey, signed);
      return { "x-signature-ed25519": hex(signature), "x-signature-timestamp": timestamp };
    },
  };
}

function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
