import { describe, it } from "vitest";
import { readPush, refuseUpdates, rejection } from "./receive-pack.ts";

const none = "0".repeat(40);
const some = "a".repeat(40);
const other = "b".repeat(40);

function pkt(text: string): string {
  return (text.length + 4).toString(16).padStart(4, "0") + text;
}
function stream(text: string, pieceLength = text.length): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += pieceLength) controller.enqueue(bytes.slice(at, at + pieceLength));
      controller.close();
    },
  });
}
const push = (...updates: string[]) =>
  `${updates.map((update, at) => pkt(at === 0 ? `${update}\0 report-status side-band-64k agent=git/2` : update)).join("")}0000PACKbytes`;
const heads = async (body: string) => (await readPush(stream(body))).head;
const refusal = async (headBefore: string | null, ...updates: string[]) =>
  refuseUpdates(await heads(push(...updates)), "bugbot/bug-1", headBefore);

describe("a push", () => {
  it.for([1, 2, 7, 1000])("is read whole in pieces of %i bytes, and forwarded as it was", async (size, { expect }) => {
    const sent = push(`${none} ${some} refs/heads/bugbot/bug-1`);
    const { head, body } = await readPush(stream(sent, size));
    expect(head).toEqual({
      updates: [{ oldId: none, newId: some, ref: "refs/heads/bugbot/bug-1" }],
      capabilities: ["report-status", "side-band-64k", "agent=git/2"],
    });
    expect(await new Response(body).text()).toBe(sent);
  });

  it("may come from a shallow clone", async ({ expect }) => {
    const sent = `${pkt(`shallow ${some}`)}${push(`${none} ${other} refs/heads/bugbot/bug-1`)}`;
    expect((await heads(sent)).updates).toHaveLength(1);
  });

  it.for(["", "0000"])("of nothing is git asking whether it may: %j", async (sent, { expect }) => {
    if (sent === "") await expect(heads(sent)).rejects.toThrow(TypeError);
    else expect(refuseUpdates(await heads(sent), "bugbot/bug-1", null)).toBeUndefined();
  });

  it("passes on its own branch", async ({ expect }) => {
    expect(await refusal(null, `${none} ${some} refs/heads/bugbot/bug-1`)).toBeUndefined();
    expect(await refusal(some, `${some} ${other} refs/heads/bugbot/bug-1`)).toBeUndefined();
  });

  it.for<[string, string[]]>([
    ["another branch", [`${none} ${some} refs/heads/main`]],
    ["a tag", [`${none} ${some} refs/tags/v1`]],
    ["a second ref", [`${none} ${some} refs/heads/bugbot/bug-1`, `${none} ${some} refs/heads/main`]],
    ["the same ref twice", [`${none} ${some} refs/heads/bugbot/bug-1`, `${some} ${other} refs/heads/bugbot/bug-1`]],
    ["a deletion", [`${some} ${none} refs/heads/bugbot/bug-1`]],
    ["a branch that somebody else pushed to", [`${some} ${other} refs/heads/bugbot/bug-1`]],
    ["a look-alike", [`${none} ${some} refs/heads/bugbot/bug-1/x`]],
  ])("is refused for %s", async ([, updates], { expect }) => {
    expect(await refusal(null, ...updates)).toEqual(expect.any(String));
  });

  it.for([
    "PACK",
    "zzzz",
    "0003",
    "0005x0000",
    `${pkt("push-cert\0")}0000`,
    `${pkt(`${none} ${some}`)}0000`,
    "fff0",
    pkt("x").repeat(3),
  ])("that is none is an error: %j", async (sent, { expect }) => {
    await expect(heads(sent)).rejects.toThrow(TypeError);
  });
});

it("says no in git's own protocol", async ({ expect }) => {
  const head = await heads(push(`${none} ${some} refs/heads/main`));
  const report = `${pkt("unpack ok\n")}${pkt("ng refs/heads/main bugbot: not yours\n")}0000`;
  expect(new TextDecoder().decode(rejection(head, "not yours"))).toBe(`${pkt(`\x01${report}`)}0000`);
  expect(new TextDecoder().decode(rejection({ ...head, capabilities: ["report-status"] }, "not yours"))).toBe(report);
});
