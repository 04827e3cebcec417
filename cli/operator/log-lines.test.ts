import { it } from "vitest";
import { createJsonSplitter } from "./split-json.ts";
import { describeLine, readTailEvent } from "./log-lines.ts";

/** As `wrangler tail --format json` prints one: pretty, over many lines, one after the other. */
const tailEvent = {
  wallTime: 12,
  cpuTime: 3,
  truncated: false,
  executionModel: "stateless",
  outcome: "ok",
  scriptName: "bugbot-consumer",
  exceptions: [{ name: "TypeError", message: "x is undefined", timestamp: 1700000001000 }],
  logs: [
    {
      message: [
        '{"worker":"consumer","event":"command_settled","commandId":"slack-Ev1","outcome":"succeeded","note":"a } b"}',
      ],
      level: "log",
      timestamp: 1700000000000,
    },
    { message: ["plain", { words: 1 }], level: "warn", timestamp: 1700000000500 },
  ],
  eventTimestamp: 1700000000000,
  event: { batchSize: 1, queue: "bugbot-commands" },
};

it("prints one line per event, however the stream is cut", ({ expect }) => {
  const stream = `${JSON.stringify(tailEvent, null, 2)}\n${JSON.stringify({ ...tailEvent, logs: [] }, null, 2)}\n`;
  for (const size of [1, 7, stream.length]) {
    const found: string[] = [];
    const split = createJsonSplitter((text) => found.push(...readTailEvent("consumer", text).map(describeLine)));
    for (let at = 0; at < stream.length; at += size) split(stream.slice(at, at + size));
    expect(found).toEqual([
      "2023-11-14 22:13:20 consumer command_settled slack-Ev1 outcome=succeeded note=a } b",
      '2023-11-14 22:13:20 consumer said words=plain {"words":1}',
      "2023-11-14 22:13:21 consumer threw error=TypeError: x is undefined",
      "2023-11-14 22:13:21 consumer threw error=TypeError: x is undefined",
    ]);
  }
});

it("passes over what is no event", ({ expect }) => {
  expect(readTailEvent("consumer", "{}")).toEqual([]);
  expect(readTailEvent("consumer", "{ nonsense")).toEqual([]);
});
