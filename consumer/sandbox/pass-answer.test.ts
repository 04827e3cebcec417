import { it } from "vitest";
import { passAnswer } from "./pass-answer.ts";

const everyMs = 5;
const bytes = (text: string) => new TextEncoder().encode(text);
const ping = 'event: ping\ndata: {"type": "ping"}\n\n';
const [half, rest] = ["event: a\ndata: {", "}\n\n"];

function start(pings: boolean) {
  const { readable: from, writable: model } = new IdentityTransformStream();
  const { readable, writable: to } = new IdentityTransformStream();
  const aborter = new AbortController();
  const passed = passAnswer(from, to, { aborter, look: () => undefined, pings, everyMs });
  const reader = readable.pipeThrough(new TextDecoderStream()).getReader();
  const read = async () => (await reader.read()).value ?? "";
  const writer = model.getWriter();
  return { passed, read, send: (text: string) => writer.write(bytes(text)), end: () => writer.close() };
}

it("says a word to whoever listens while the model says nothing, and never inside an event", async ({ expect }) => {
  const { passed, read, send, end } = start(true);
  void send(half);
  let heard = await read();
  await scheduler.wait(20 * everyMs);
  void send(rest);
  while (!heard.endsWith(ping)) heard += await read();
  void end();
  for (let more = await read(); more !== ""; more = await read()) heard += more;
  expect(heard.replaceAll(ping, "")).toBe(half + rest);
  expect(heard.indexOf(ping)).toBe((half + rest).length);
  expect(await passed).toBe(true);
});

it("adds nothing to an answer that is no event stream", async ({ expect }) => {
  const { read, send, end } = start(false);
  void send("{}\n\n");
  let heard = await read();
  await scheduler.wait(20 * everyMs);
  void end();
  for (let more = await read(); more !== ""; more = await read()) heard += more;
  expect(heard).toBe("{}\n\n");
});
