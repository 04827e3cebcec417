// The least a gateway can do: check Discord's signature, put the interaction on the queue, and say that an answer will come.
const encoder = new TextEncoder();
const bytesOf = (hex) => Uint8Array.from((hex ?? "").match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
let key;

export default {
  async fetch(request, { DISCORD_PUBLIC_KEY, COMMANDS }) {
    const body = await request.text();
    const timestamp = request.headers.get("x-signature-timestamp");
    const signature = bytesOf(request.headers.get("x-signature-ed25519"));
    key ??= await crypto.subtle.importKey("raw", bytesOf(DISCORD_PUBLIC_KEY), { name: "Ed25519" }, false, ["verify"]);
    const isSigned = await crypto.subtle.verify("Ed25519", key, signature, encoder.encode(`${timestamp}${body}`));
    if (!isSigned) return new Response(null, { status: 401 });
    await COMMANDS.send(body);
    return Response.json({ type: 5 });
  },
};
