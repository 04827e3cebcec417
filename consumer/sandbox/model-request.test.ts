import { describe, it } from "vitest";
import { readModelRequest } from "./model-request.ts";

const plain = {
  model: "claude-sonnet-5-5",
  max_tokens: 10,
  system: [{ type: "text", text: "You are", cache_control: { type: "ephemeral" } }],
  messages: [{ role: "user", content: [{ type: "image", source: { type: "base64", data: "AA==" } }] }],
  tools: [{ name: "Read", input_schema: { properties: { source: { type: "url" } } } }],
};
function read(asked: object | string, most?: number) {
  const found = readModelRequest(typeof asked === "string" ? asked : JSON.stringify(asked));
  return found.kind === "request"
    ? { ...found, body: new TextDecoder().decode(found.write(most ?? found.maxTokens)) }
    : found;
}

describe("a question to the model", () => {
  it("passes as it is", ({ expect }) => {
    expect(read(plain)).toMatchObject({ model: plain.model, maxTokens: 10, leftOut: [], body: JSON.stringify(plain) });
  });

  it("is sent as it was understood: of two models, the one that was judged", ({ expect }) => {
    const found = read('{"model":"claude-opus-5","model":"claude-haiku-4-5","messages":[]}');
    expect(found).toMatchObject({
      model: "claude-haiku-4-5",
      body: '{"model":"claude-haiku-4-5","messages":[],"max_tokens":128000}',
    });
  });

  it("loses what is dearer, asks other models or lets the API reach out", ({ expect }) => {
    const found = read({
      ...plain,
      speed: "fast",
      service_tier: "auto",
      mcp_servers: [{ type: "url", url: "https://evil.test" }],
      tools: [
        ...plain.tools,
        { type: "web_fetch_20250910", name: "web_fetch" },
        { type: "bash_20250124", name: "bash" },
      ],
    });
    expect(found).toMatchObject({ leftOut: ["speed", "service_tier", "mcp_servers", "tool web_fetch_20250910"] });
    expect(found).toMatchObject({
      body: JSON.stringify({ ...plain, tools: [...plain.tools, { type: "bash_20250124", name: "bash" }] }),
    });
  });

  it("has the tools of the container alone, by their whole type", ({ expect }) => {
    const types = [
      "bash_20250124",
      "text_editor_20250728",
      "bash_code_execution_20250825",
      "memory_20250818x",
      "custom",
    ];
    const found = read({ ...plain, tools: types.map((type) => ({ type, name: type })) });
    expect(found).toMatchObject({ leftOut: ["tool bash_code_execution_20250825", "tool memory_20250818x"] });
  });

  it("asks for no compaction, which is another question", ({ expect }) => {
    const edits = [{ type: "clear_thinking_20251015", keep: "all" }, { type: "compact_20260112" }];
    const found = read({ ...plain, context_management: { edits } });
    expect(found).toMatchObject({ leftOut: ["edit compact_20260112"] });
    expect(found).toMatchObject({
      body: JSON.stringify({ ...plain, context_management: { edits: edits.slice(0, 1) } }),
    });
  });

  it("passes with what the model's own tools were given, whatever that looks like", ({ expect }) => {
    const input = { source: { type: "url", url: "https://a.test" }, content: [{ type: "container_upload" }] };
    expect(
      read({ ...plain, messages: [{ role: "assistant", content: [{ type: "tool_use", id: "1", name: "a", input }] }] }),
    ).toMatchObject({ kind: "request" });
  });

  it("thinks less where it may answer with less", ({ expect }) => {
    const thinking = { type: "enabled", budget_tokens: 8_000 };
    const asked = { ...plain, max_tokens: 10_000, thinking };
    expect(read(asked, 10_000)).toMatchObject({ body: JSON.stringify(asked) });
    const limited = (most: number): unknown => {
      const found = read(asked, most);
      return found.kind === "request" && JSON.parse(found.body);
    };
    expect(limited(9_000)).toMatchObject({ max_tokens: 9_000, thinking });
    expect(limited(4_000)).toMatchObject({ max_tokens: 4_000, thinking: { type: "enabled", budget_tokens: 2_000 } });
    expect(limited(2_000)).toMatchObject({ max_tokens: 2_000, thinking: { type: "disabled" } });
  });

  it("is put aside at no less than its prompt can cost: a byte a token, and pictures at their worst", ({ expect }) => {
    const words = { ...plain, messages: [{ role: "user", content: "x".repeat(5_000) }], system: "s" };
    const found = read(words);
    expect(found.kind === "request" && found.mostPromptTokens).toBeGreaterThan(5_000);
    expect(found).toMatchObject({ promptPrice: "input" });
    expect(read(plain)).toMatchObject({ mostPromptTokens: 1_000_000, promptPrice: "write5m" });
    const anHour = { ...words, cache_control: { type: "ephemeral", ttl: "1h" } };
    expect(read(anHour)).toMatchObject({ promptPrice: "write1h" });
  });

  it.for<[string, object | string]>([
    ["has an address to fetch", [{ type: "image", source: { type: "url", url: "https://evil.test/?secret" } }]],
    [
      "has one within a tool's result",
      [{ type: "tool_result", content: [{ type: "document", source: { type: "file" } }] }],
    ],
    ["has a file for a container", [{ type: "container_upload", file_id: "file_1" }]],
    ["calls a field input to hide an address", { input: [{ type: "image", source: { type: "url" } }] }],
    [
      "hides an address in a document's content",
      [{ type: "document", source: { type: "content", content: [{ type: "image", source: { type: "file" } }] } }],
    ],
    ["has a block that nobody knows", [{ type: "remote_image", url: "https://evil.test" }]],
    [
      "brings in a server's tool later",
      [{ type: "tool_addition", tool: { type: "tool_definition", definition: { type: "web_fetch_20250910" } } }],
    ],
  ])("is refused where it %s", ([, content], { expect }) => {
    expect(read({ ...plain, messages: [{ role: "user", content }] })).toMatchObject({ kind: "refused" });
  });

  it.for(["", "{", "[]", "null", '{"model":1}', '{"model":"x","max_tokens":-1}', '{"model":"x","tools":{}}'])(
    "is refused where it is none: %j",
    (text, { expect }) => {
      expect(read(text)).toMatchObject({ kind: "refused" });
    },
  );
});
