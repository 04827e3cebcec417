import { describe, it } from "vitest";
import { limitBody } from "./limit-body.ts";

const tooLarge = new Error("too large");
/** A body of `chunks` times ten bytes, that notes how much of it was taken. */
function body(chunks: number, fails = false) {
  const taken = { chunks: 0, cancelled: false };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (taken.chunks === chunks) return fails ? controller.error(new Error("reset")) : controller.close();
        taken.chunks += 1;
        controller.enqueue(new TextEncoder().encode("0123456789"));
      },
      cancel: () => void (taken.cancelled = true),
    },
    { highWaterMark: 0 },
  );
  return { stream, taken };
}

describe("an answer", () => {
  it("up to the limit is whole, with its status and headers", async ({ expect }) => {
    const given = new Response(body(10).stream, { status: 404, headers: { "x-ratelimit-remaining": "1" } });
    const read = await limitBody(given, 100, tooLarge);
    expect([read.status, read.headers.get("x-ratelimit-remaining"), (await read.text()).length]).toEqual([
      404,
      "1",
      100,
    ]);
    const none = new Response(null, { status: 204 });
    expect(await limitBody(none, 1, tooLarge)).toBe(none);
  });

  it("over the limit is refused, and not read to its end", async ({ expect }) => {
    const { stream, taken } = body(1000);
    await expect(limitBody(new Response(stream), 100, tooLarge)).rejects.toBe(tooLarge);
    expect(taken.chunks).toBeLessThan(20);
    expect(taken.cancelled).toBe(true);
  });

  it("that says it is longer is not read at all", async ({ expect }) => {
    const { stream, taken } = body(1000);
    const given = new Response(stream, { headers: { "content-length": "101" } });
    await expect(limitBody(given, 100, tooLarge)).rejects.toBe(tooLarge);
    expect(taken).toEqual({ chunks: 0, cancelled: true });
  });

  it("that breaks off is no answer", async ({ expect }) => {
    await expect(limitBody(new Response(body(3, true).stream), 100, tooLarge)).rejects.toThrow("reset");
  });
});
