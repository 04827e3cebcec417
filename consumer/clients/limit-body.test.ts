import { it } from "vitest";
import { limitBody } from "./limit-body.ts";

const tooLarge = new Error("too large");

it("lets an answer through, in however many pieces it comes", async ({ expect }) => {
  const bytes = new TextEncoder().encode('{"a":"é"}');
  const pieces = new ReadableStream({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const response = await limitBody(new Response(pieces, { status: 201 }), bytes.length, tooLarge);
  expect([response.status, await response.json()]).toEqual([201, { a: "é" }]);
  expect((await limitBody(new Response(null, { status: 204 }), 1, tooLarge)).status).toBe(204);
});

it("stops reading an answer that grows too large", async ({ expect }) => {
  let given = 0;
  let cancelled = false;
  const endless = new ReadableStream({
    pull(controller) {
      given += 1;
      controller.enqueue(new Uint8Array(1024).fill(120));
    },
    cancel: () => void (cancelled = true),
  });
  const response = await limitBody(new Response(endless), 10 * 1024, tooLarge);
  await expect(response.json()).rejects.toThrow("too large");
  expect(given).toBeLessThan(30);
  expect(cancelled).toBe(true);
});

it("does not begin to read an answer that announces too much", async ({ expect }) => {
  let cancelled = false;
  const body = new ReadableStream({ cancel: () => void (cancelled = true) });
  const announced = new Response(body, { headers: { "content-length": "21" } });
  await expect(limitBody(announced, 20, tooLarge)).rejects.toThrow("too large");
  expect(cancelled).toBe(true);
});
