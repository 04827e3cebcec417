import { Readable } from "node:stream";
import * as fc from "fast-check";
import { it } from "vitest";
import { fuzzed, fuzzTimeoutMs } from "../shared/fuzz.ts";
import { eventPageSchema } from "../shared/job.ts";
import { mutated } from "../shared/mutated.ts";
import { readClaudeMessage } from "./claude-message.ts";
import { createEventLog } from "./event-log.ts";
import { readLines } from "./read-lines.ts";
import { toolWords } from "./tool-words.ts";

const maxLineBytes = 300;
const tool = (name: string, input: object) => ({ type: "tool_use", name, input });
const turn = (content: object[]) => ({ type: "assistant", message: { model: "claude-sonnet-5", content } });
const messages = [
  { type: "system", subtype: "init" },
  turn([{ type: "text", text: "One test fails." }]),
  turn([tool("Read", { file_path: "/workspace/repository/src/cart.js" }), tool("Bash", { command: "npm test" })]),
  { type: "user", isReplay: true, uuid: "u" },
  { type: "command_lifecycle", command_uuid: "u", state: "queued" },
  {
    type: "result",
    subtype: "success",
    is_error: false,
    result: "Done.",
    num_turns: 3,
    total_cost_usd: 0.1,
    duration_ms: 10,
  },
];
const line = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...messages).map((message) => JSON.stringify(message)) },
  { weight: 4, arbitrary: fc.oneof(...messages.map(mutated)).map((message) => JSON.stringify(message)) },
  fc.string({ unit: "binary", maxLength: 400 }).map((text) => text.replaceAll("\n", "")),
  fc.constantFrom("", "x".repeat(maxLineBytes), "x".repeat(maxLineBytes + 1)),
);

it(
  "whatever an agent prints, in any pieces, its lines come whole and its events can be read",
  { timeout: fuzzTimeoutMs },
  async ({ expect }) => {
    let said = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 8 }),
        fc.array(fc.nat(2_000), { maxLength: 8 }),
        fc.boolean(),
        async (lines, cuts, endsWell) => {
          const sent = Buffer.from(lines.join("\n") + (endsWell ? "\n" : ""));
          const ends = [...cuts.map((cut) => cut % (sent.length + 1)), sent.length].toSorted((a, b) => a - b);
          const chunks = ends.map((end, at) => sent.subarray(ends[at - 1] ?? 0, end));
          const log = createEventLog();
          const read: string[] = [];
          for await (const one of readLines(Readable.from(chunks), maxLineBytes)) {
            read.push(one);
            const message = readClaudeMessage(one);
            if (message?.type !== "assistant") continue;
            for (const block of message.message.content) {
              if ("text" in block) log.said(block.text);
              else if ("name" in block) log.tool(toolWords(block.name, block.input, "/workspace/repository"));
            }
          }
          const short = lines
            .map((one) => Buffer.from(one))
            .filter((one) => one.length > 0 && one.length <= maxLineBytes);
          expect(read).toEqual(short.map((one) => one.toString("utf8")));
          const page = await log.read(0, 0, new AbortController().signal);
          eventPageSchema.parse(JSON.parse(JSON.stringify(page)));
          said += page.events.length;
        },
      ),
      fuzzed(1_000),
    );
    expect(said).toBeGreaterThan(50);
  },
);
