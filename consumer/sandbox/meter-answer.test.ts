import { array, assert, nat, property } from "fast-check";
import { describe, it } from "vitest";
import { createMeter } from "./meter-answer.ts";

const event = (type: string, fields: object = {}) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
const start = event("message_start", {
  message: {
    id: "msg_1",
    model: "claude-sonnet-5-5",
    usage: {
      input_tokens: 12,
      cache_creation_input_tokens: 300,
      cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 },
      cache_read_input_tokens: 5000,
      output_tokens: 1,
    },
  },
});
const said = (text: string) => event("content_block_delta", { index: 0, delta: { type: "text_delta", text } });
const delta = event("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 90 } });
const stop = event("message_stop");
const whole = [start, event("ping"), said('Grüße "message_delta" {"usage":{"output_tokens":0}}'), delta, stop].join("");
const tokens = { input: 12, write5m: 100, write1h: 200, read: 5000, output: 90 };

function meter(text: string, cuts: readonly number[] = [], type = "text/event-stream; charset=utf-8") {
  const bytes = new TextEncoder().encode(text);
  const counted = createMeter(type);
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  let from = 0;
  for (const end of ends) {
    counted.push(bytes.subarray(from, end));
    from = end;
  }
  return counted.read();
}

describe("an answer's cost", () => {
  it("is the same however its stream is cut", ({ expect }) => {
    assert(
      property(array(nat(2_000), { maxLength: 40 }), (cuts) => {
        expect(meter(whole, cuts)).toEqual({ model: "claude-sonnet-5-5", tokens, whole: true });
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("is guessed from what was said where the stream breaks off, and not too low", ({ expect }) => {
    const metered = meter(start + said("x".repeat(600)));
    expect(metered).toMatchObject({ whole: false, tokens: { ...tokens, output: expect.any(Number) } });
    expect(metered?.tokens.output).toBeGreaterThanOrEqual(200);
  });

  it("is not known before the answer has begun", ({ expect }) => {
    expect(meter("")).toBeUndefined();
    expect(meter(start.slice(0, -3))).toBeUndefined();
    expect(meter("<html>", [], "text/html")).toBeUndefined();
  });

  it("is read from an answer in one piece", ({ expect }) => {
    const usage = { input_tokens: 12, cache_creation_input_tokens: 5, cache_read_input_tokens: null, output_tokens: 7 };
    const answer = JSON.stringify({ type: "message", model: "claude-haiku-4-5", content: [{ text: "ü" }], usage });
    expect(meter(answer, [3, 90, 91], "application/json")).toEqual({
      model: "claude-haiku-4-5",
      tokens: { input: 12, write5m: 5, write1h: 0, read: 0, output: 7 },
      whole: true,
    });
  });

  it("is the sum of its samplings where it took several", ({ expect }) => {
    const iterations = [
      { type: "compaction", input_tokens: 900, output_tokens: 50 },
      { type: "message", input_tokens: 12, output_tokens: 7 },
    ];
    const last = event("message_delta", { delta: {}, usage: { input_tokens: 12, output_tokens: 7, iterations } });
    expect(meter(start + last + stop)?.tokens).toEqual({ input: 912, write5m: 0, write1h: 0, read: 0, output: 57 });
  });

  it("holds no line that is longer than any the API sends", ({ expect }) => {
    const counted = createMeter("text/event-stream");
    const chunk = new TextEncoder().encode("x".repeat(1024 * 1024));
    for (let mb = 0; mb < 40; mb++) counted.push(chunk);
    counted.push(new TextEncoder().encode(`\n\n${whole}`));
    expect(counted.read()?.tokens).toEqual(tokens);
  });
});
