import { it } from "vitest";
import { button, inGuild, interactionId, nowMs, ping, slash } from "./interaction-samples.ts";
import { openDoor } from "./open-door.ts";
import { createSigner } from "./sign-interaction.ts";

const fix = JSON.stringify(inGuild(2, slash("fix", [{ name: "text", value: "the total" }])));
const nowSeconds = String(nowMs / 1000);

it("puts a signed command on the queue, and answers that it is being worked on", async ({ expect }) => {
  const { enqueued, logged, interact, settled } = await openDoor();
  const response = await interact(fix);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toContain("application/json");
  expect(await response.json()).toEqual({ type: 5 });
  expect(enqueued.map(({ id, text }) => [id, text])).toEqual([[`discord-${interactionId}`, "the total"]]);
  await settled();
  expect(logged, "the answer is the sign; nothing else was tried").toEqual([]);
});

it("gives the same id to an interaction that is delivered twice", async ({ expect }) => {
  const { enqueued, interact } = await openDoor();
  for (let delivery = 0; delivery < 2; delivery++) await interact(fix);
  expect(enqueued).toHaveLength(2);
  expect(new Set(enqueued.map(({ id }) => id)).size).toBe(1);
});

it.for<[string, string, (body: string) => Promise<Record<string, string>>]>([
  ["a ping without a signature", JSON.stringify(ping), async () => ({})],
  ["a command without a signature", fix, async () => ({})],
  ["another application's key", fix, async (body) => (await createSigner()).sign(body, nowSeconds)],
  ["odd headers", fix, async () => ({ "x-signature-ed25519": "%%", "x-signature-timestamp": "%%" })],
  ["Slack's headers", fix, async () => ({ "x-slack-signature": "v0=00", "x-slack-request-timestamp": nowSeconds })],
  ["no JSON at all", "payload", async () => ({ "x-signature-timestamp": nowSeconds })],
])("answers 401 to %s, and reads nothing", async ([, body, headers], { expect }) => {
  const { parsed, enqueued, post } = await openDoor();
  expect((await post(body, await headers(body))).status).toBe(401);
  expect([...parsed, ...enqueued]).toEqual([]);
});

const retry = inGuild(3, button("bugbot:retry:discord-1"));
const bot = { ...retry.member.user, bot: true };
it.for<[string, number, string]>([
  ["a body that is not JSON", 400, "payload=%7B%7D"],
  ["no body", 400, ""],
  ["JSON that is no object", 400, "1"],
  ["nothing", 400, "null"],
  ["an object that is no interaction", 200, "{}"],
  ["a list", 200, "[]"],
  ["an unknown type", 200, JSON.stringify({ ...retry, type: 6 })],
  ["a type of another type", 200, JSON.stringify({ ...retry, type: "3" })],
  ["a bot's interaction", 200, JSON.stringify({ ...retry, member: { ...retry.member, user: bot } })],
  ["an interaction of nobody", 200, JSON.stringify({ ...retry, member: null })],
  ["an interaction nowhere", 200, JSON.stringify({ ...retry, channel: undefined, channel_id: undefined })],
  ["an interaction without a token", 200, JSON.stringify({ ...retry, token: "" })],
  ["an id that leads elsewhere", 200, JSON.stringify({ ...retry, guild_id: "../1" })],
])("answers %s with %i, and enqueues nothing", async ([, status, body], { expect }) => {
  const { enqueued, logged, interact } = await openDoor();
  const response = await interact(body);
  expect(response.status).toBe(status);
  expect([...enqueued, ...logged]).toEqual([]);
});
