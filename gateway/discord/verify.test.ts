import { it } from "vitest";
import { createSigner } from "./sign-interaction.ts";
import { createVerify } from "./verify.ts";

const nowMs = 1_790_000_000_000;
const seconds = (offset: number) => String(nowMs / 1000 + offset);
const body = JSON.stringify({ type: 1, filler: "é👀" });
const bytes = (text: string) => new Uint8Array(new TextEncoder().encode(text));
const discord = await createSigner();
const stranger = await createSigner();
const signed = await discord.sign(body, seconds(0));
const { "x-signature-ed25519": signature = "" } = signed;

it.for(["0", "-300", "300"])("takes what Discord signed %s seconds from now", async (offset, { expect }) => {
  const verify = createVerify(discord.publicKey);
  const headers = new Headers(await discord.sign(body, seconds(Number(offset))));
  expect(await verify(headers, bytes(body), nowMs)).toBe(true);
  expect(await verify(headers, bytes(body), nowMs), "the second time").toBe(true);
});

it("takes a signature in either case, over any bytes", async ({ expect }) => {
  const upper = { ...signed, "x-signature-ed25519": signature.toUpperCase() };
  expect(await createVerify(discord.publicKey.toUpperCase())(new Headers(upper), bytes(body), nowMs)).toBe(true);
  const odd = '{"a":"\u0000\uFEFF"}';
  expect(
    await createVerify(discord.publicKey)(new Headers(await discord.sign(odd, seconds(0))), bytes(odd), nowMs),
  ).toBe(true);
});

it.for<[string, Record<string, string>, string?]>([
  ["no headers", {}],
  ["no signature", { "x-signature-timestamp": seconds(0) }],
  ["no timestamp", { "x-signature-ed25519": signature }],
  ["another key", await stranger.sign(body, seconds(0))],
  ["another body", await discord.sign("{}", seconds(0))],
  ["the same JSON in other bytes", signed, `${body} `],
  ["no body", signed, ""],
  ["another timestamp", { ...signed, "x-signature-timestamp": seconds(1) }],
  ["a timestamp more than five minutes old", await discord.sign(body, seconds(-301))],
  ["a timestamp more than five minutes ahead", await discord.sign(body, seconds(301))],
  ["a timestamp in milliseconds", await discord.sign(body, String(nowMs))],
  ["a timestamp that is no number", await discord.sign(body, "1.79e9")],
  ["a negative timestamp", await discord.sign(body, `-${seconds(0)}`)],
  ["a hexadecimal timestamp", await discord.sign(body, `0x${(nowMs / 1000).toString(16)}`)],
  ["an empty timestamp", await discord.sign(body, "")],
  ["an empty signature", { ...signed, "x-signature-ed25519": "" }],
  ["a signature that is too short", { ...signed, "x-signature-ed25519": signature.slice(2) }],
  ["a signature with half a byte more", { ...signed, "x-signature-ed25519": `${signature}0` }],
  ["a signature with a byte more", { ...signed, "x-signature-ed25519": `${signature}00` }],
  ["a signature that is not hexadecimal", { ...signed, "x-signature-ed25519": "g".repeat(128) }],
  ["a signature in base64", { ...signed, "x-signature-ed25519": btoa(signature) }],
  ["a signature of zeros", { ...signed, "x-signature-ed25519": "0".repeat(128) }],
  ["two signatures", { ...signed, "x-signature-ed25519": `${signature}, ${signature}` }],
])("refuses %s", async ([, headers, sent = body], { expect }) => {
  expect(await createVerify(discord.publicKey)(new Headers(headers), bytes(sent), nowMs)).toBe(false);
});

it.for(["", "no key", "f".repeat(63), "f".repeat(66), "g".repeat(64), "f".repeat(64), "0".repeat(64)])(
  "refuses everything when the public key is %j",
  async (publicKey, { expect }) => {
    expect(await createVerify(publicKey)(new Headers(signed), bytes(body), nowMs)).toBe(false);
  },
);
