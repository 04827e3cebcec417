// The least a gateway can do: check Slack's signature and put the event on the queue. With `REACTION_URL` it also sends
// the reaction that the gateway sends after its answer.
const encoder = new TextEncoder();
let key;

export default {
  async fetch(request, env, context) {
    const { SLACK_SIGNING_SECRET, REACTION_URL, COMMANDS } = env;
    const body = await request.text();
    const timestamp = request.headers.get("x-slack-request-timestamp");
    const hex = (request.headers.get("x-slack-signature") ?? "").slice("v0=".length);
    const signature = Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
    key ??= await crypto.subtle.importKey(
      "raw",
      encoder.encode(SLACK_SIGNING_SECRET),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["verify"],
    );
    const isSigned = await crypto.subtle.verify("HMAC", key, signature, encoder.encode(`v0:${timestamp}:${body}`));
    if (!isSigned) return new Response(null, { status: 401 });
    await COMMANDS.send(body);
    if (REACTION_URL) {
      const form = new URLSearchParams({ channel: "C0BUGS", timestamp, name: "eyes" });
      context.waitUntil(fetch(REACTION_URL, { method: "POST", body: form }).then((answer) => answer.arrayBuffer()));
    }
    return new Response(null);
  },
};
