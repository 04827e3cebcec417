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
      "2023-11-14 22:13:21 consumer threw slack-Ev1 error=TypeError: x is undefined",
      "2023-11-14 22:13:21 consumer threw error=TypeError: x is undefined",
    ]);
  }
});

const lines = (event: object) => readTailEvent("gateway", JSON.stringify({ ...tailEvent, ...event })).map(describeLine);

it.for(["exceededCpu", "exceededMemory", "canceled", "unknown"])(
  "says of an invocation that ended as %s that it did, once",
  (outcome, { expect }) => {
    const ended = `2023-11-14 22:13:20 gateway ended outcome=${outcome}`;
    expect(lines({ outcome, logs: [], exceptions: [] })).toEqual([ended]);
    expect(lines({ outcome, exceptions: [] })).toHaveLength(3);
    expect(lines({ outcome, logs: [] })).toEqual(["2023-11-14 22:13:21 gateway threw error=TypeError: x is undefined"]);
    expect(lines({ outcome: "ok", logs: [], exceptions: [] })).toEqual([]);
  },
);

it("shows what was thrown, whatever it was, and the lines beside it", ({ expect }) => {
  const thrown = (message: unknown) => lines({ exceptions: [{ name: "Error", message, timestamp: 1700000001000 }] });
  expect(thrown({ code: 7 })).toHaveLength(3);
  expect(thrown({ code: 7 }).at(-1)).toBe('2023-11-14 22:13:21 gateway threw slack-Ev1 error=Error: {"code":7}');
  expect(thrown(undefined).at(-1)).toBe("2023-11-14 22:13:21 gateway threw slack-Ev1 error=Error: undefined");
});

/** As `shared/log-thrown.ts` logs it. */
const ownLine = (error: string) => ({
  message: [
    JSON.stringify({
      worker: "consumer",
      event: "threw",
      handler: "queue",
      error,
      stack: `${error}\n    at take (index.js:1:2)`,
    }),
  ],
  level: "log",
  timestamp: 1700000001000,
});

it("shows what was thrown once, as the Worker itself says it, and where", ({ expect }) => {
  const logs = [ownLine("TypeError: x is undefined (cause: y)")];
  expect(lines({ outcome: "exception", logs })).toEqual([
    "2023-11-14 22:13:21 consumer threw handler=queue error=TypeError: x is undefined (cause: y)\n    at take (index.js:1:2)",
  ]);
  const exceptions = [{ name: "Error", message: "the key sk-1 is bad", timestamp: 1700000001000 }];
  expect(lines({ outcome: "exception", logs: [ownLine("Error: the key [redacted] is bad")], exceptions })).toHaveLength(
    1,
  );
});

it("shows beside it what the Worker could not say, with its stack", ({ expect }) => {
  const exceptions = [
    { name: "Error", message: "other", stack: "Error: other\n    at f (a.js:1:2)", timestamp: 1700000002000 },
  ];
  expect(lines({ outcome: "exception", logs: [ownLine("TypeError: x")], exceptions }).at(-1)).toBe(
    "2023-11-14 22:13:22 gateway threw error=Error: other\n    at f (a.js:1:2)",
  );
  expect(lines({ outcome: "exception", logs: [ownLine("TypeError: x")], exceptions })).toHaveLength(2);
});

it("says when Cloudflare shows a part of what comes, and when all of it again", ({ expect }) => {
  for (const type of ["overload", "overload-stop"]) {
    const event = { type, message: "Tail is currently in sampling mode due to the high volume of messages." };
    expect(lines({ outcome: "unknown", scriptName: null, logs: [], exceptions: [], event })).toEqual([
      `2023-11-14 22:13:20 gateway ${type} words=${event.message}`,
    ]);
  }
});

it("passes over what is no event", ({ expect }) => {
  expect(readTailEvent("consumer", "{}")).toEqual([]);
  expect(readTailEvent("consumer", "{ nonsense")).toEqual([]);
});
