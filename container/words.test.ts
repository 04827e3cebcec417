import { Readable } from "node:stream";
import { describe, it } from "vitest";
import { createEventLog } from "./event-log.ts";
import { plainLine, plainText } from "./plain-text.ts";
import { readLines } from "./read-lines.ts";
import { toolWords } from "./tool-words.ts";

describe("toolWords", () => {
  it.for([
    ["Read", { file_path: "/job/repo/src/cart.js" }, "reading src/cart.js"],
    ["Edit", { file_path: "/job/repo/src/cart.js", old_string: "a" }, "editing src/cart.js"],
    ["Write", { file_path: "/etc/passwd" }, "writing /etc/passwd"],
    ["Bash", { command: "cd /job/repo && npm test -- /job/repo/test/a.js" }, "running cd . && npm test -- test/a.js"],
    ["Grep", { pattern: "total", path: "/job/repo" }, "searching for total in ."],
    ["Glob", { pattern: "**/*.js" }, "looking for **/*.js"],
    ["Other", "no object", "using Other"],
  ] as const)("says what %s does", ([name, input, words], { expect }) => {
    expect(toolWords(name, input, "/job/repo")).toBe(words);
  });
});

describe("plainText", () => {
  it("removes what cannot be seen, and keeps accents, emoji and line breaks", ({ expect }) => {
    const hidden = "a\u0000\u001b[31m\u202eb\u200b\u2066c\ufeff\u{e0041}\u3164\u034f\ud800";
    expect(plainText(hidden, 100)).toBe("a[31mbc");
    expect(plainText("é 🎉 👩\u200d💻\r\n\tü", 100)).toBe("é 🎉 👩\u200d💻\n\tü");
  });

  it("cuts at the length, never inside a character", ({ expect }) => {
    expect(plainText("abcdef", 4)).toBe("abc…");
    expect(plainText("ab🎉🎉", 4).isWellFormed()).toBe(true);
    expect(plainLine("a\nb\t c", 10)).toBe("a b c");
  });
});

describe("readLines", () => {
  async function read(chunks: string[], maxBytes: number): Promise<string[]> {
    const lines: string[] = [];
    const stream = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
    for await (const line of readLines(stream, maxBytes)) lines.push(line);
    return lines;
  }

  it("puts chunks together, and takes a last line without its end", async ({ expect }) => {
    expect(await read(["on", "e\ntwo\n\nthr", "ee"], 100)).toEqual(["one", "two", "three"]);
  });

  it("skips a line that is too long, and reads on", async ({ expect }) => {
    const huge = Array.from({ length: 160 }, () => "x".repeat(65_536));
    expect(await read(["first\n", ...huge, "\nlast\n"], 1_000_000)).toEqual(["first", "last"]);
  });
});

describe("the event log", () => {
  it("stays small however much the agent says, and still ends", async ({ expect }) => {
    const log = createEventLog();
    for (let turn = 0; turn < 5_000; turn++) log.said("x".repeat(5_000));
    log.end({ kind: "stopped", usage: { costUsd: 0, turns: 0, durationMs: 0 } });
    log.end({ kind: "out_of_time", usage: { costUsd: 0, turns: 0, durationMs: 0 } });
    const { events, done } = await log.read(0, 0, new AbortController().signal);
    expect(JSON.stringify(events).length).toBeLessThan(500_000);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect([done, events.at(-1)]).toMatchObject([true, { kind: "outcome", outcome: { kind: "stopped" } }]);
  });
});
