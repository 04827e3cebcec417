import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, it } from "vitest";
import { vendorContracts } from "../test/vendor-contracts.ts";
import { createAnthropic, type Anthropic, type AnthropicOptions } from "./anthropic.ts";

const contracts = fileURLToPath(new URL("anthropic-sse", vendorContracts));

let anthropic: Anthropic;
afterEach(() => anthropic.close());

async function start(script: AnthropicOptions["script"]): Promise<void> {
  anthropic = await createAnthropic({ apiKey: "sk-test", script });
}

const tools = [{ name: "Read", input_schema: { type: "object" } }];
const ask = { model: "claude-sonnet-4-5", max_tokens: 100, tools, messages: [{ role: "user", content: "Hello" }] };

function post(body: unknown, { path = "/v1/messages", headers = {} } = {}): Promise<Response> {
  const standard = { "x-api-key": "sk-test", "anthropic-version": "2023-06-01", "content-type": "application/json" };
  return fetch(anthropic.url + path, {
    method: "POST",
    headers: { ...standard, ...headers },
    body: JSON.stringify(body),
  });
}

/** The order of the events, and the fields each has. */
function shapeOf(stream: string): string[] {
  const shapes = [...stream.matchAll(/^event: (\w+)\ndata: (.+)\n\n/gm)].map(([, event, data = "{}"]) => {
    const fields = Object.keys(JSON.parse(data)).toSorted();
    return `${event}: ${fields.join(" ")}`;
  });
  return shapes.filter((shape, index) => shape !== shapes[index - 1] && shape !== "ping: type");
}

describe("the stand-in for Anthropic", () => {
  it.skipIf(!existsSync(contracts))("streams words and tools in the shape of the recorded API", async ({ expect }) => {
    await start([[{ text: "I'll look at the weather." }, { tool: "get_weather", input: { location: "Paris" } }]]);
    const response = await post({ ...ask, stream: true });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const stream = await response.text();
    expect(shapeOf(stream)).toEqual(shapeOf(readFileSync(join(contracts, "tool_use_response.txt"), "utf8")));
    expect(stream).toContain('"stop_reason":"tool_use"');
  });

  it("answers the same without a stream", async ({ expect }) => {
    await start([[{ tool: "Read", input: { file_path: "/a" } }]]);
    expect(await (await post(ask)).json()).toMatchObject({
      type: "message",
      role: "assistant",
      model: "claude-sonnet-4-5",
      content: [{ type: "tool_use", name: "Read", input: { file_path: "/a" } }],
      stop_reason: "tool_use",
      usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number) },
    });
  });

  it("takes the turn from the conversation it is sent, so that two cannot mix", async ({ expect }) => {
    await start(({ turn, prompt, cwd }) => [{ text: `${turn} ${prompt} ${cwd}` }]);
    const reminder = {
      type: "text",
      text: "<system-reminder>\n - Primary working directory: /job/repo\n</system-reminder>",
    };
    const first = { role: "user", content: [reminder, { type: "text", text: "Fix it" }] };
    const later = [first, { role: "assistant", content: "Hm." }, { role: "user", content: "Go on" }];
    const answers = await Promise.all([post({ ...ask, messages: later }), post({ ...ask, messages: [first] })]);
    const texts = await Promise.all(answers.map(async (answer) => JSON.stringify(await answer.json())));
    expect(texts[0]).toContain("1 Fix it /job/repo");
    expect(texts[1]).toContain("0 Fix it /job/repo");
  });

  it("gives Claude Code's side requests, which bring no tools, harmless words", async ({ expect }) => {
    await start([[{ tool: "Bash", input: { command: "rm -rf /" } }]]);
    const { tools: _, ...withoutTools } = ask;
    expect(JSON.stringify(await (await post(withoutTools)).json())).not.toContain("tool_use");
  });

  it("counts tokens", async ({ expect }) => {
    await start([]);
    const response = await post(ask, { path: "/v1/messages/count_tokens?beta=true" });
    expect(await response.json()).toEqual({ input_tokens: expect.any(Number) });
  });

  it.for([
    ["a wrong key", { headers: { "x-api-key": "no" } }, ask, 401, "authentication_error"],
    ["another path", { path: "/v1/other" }, ask, 404, "not_found_error"],
    ["no messages", {}, { model: "x" }, 400, "invalid_request_error"],
  ] as const)("refuses %s as the API does", async ([, options, body, status, type], { expect }) => {
    await start([]);
    const response = await post(body, options);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ type: "error", error: { type, message: expect.any(String) } });
    expect(response.headers.get("request-id")).toMatch(/^req_/);
  });

  it("fails as its script says, and lists every request", async ({ expect }) => {
    await start(() => ({ status: 529, type: "overloaded_error", message: "Overloaded" }));
    expect((await post(ask)).status).toBe(529);
    expect(anthropic.requests).toMatchObject([
      { method: "POST", path: "/v1/messages", headers: { "x-api-key": "sk-test" }, body: ask },
    ]);
  });
});
