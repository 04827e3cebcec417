import { describe, it } from "vitest";
import { readModelRequest } from "./model-request.ts";

const plain = {
  model: "claude-sonnet-5-5",
  max_tokens: 10,
  system: [{ type: "text", text: "You are", cache_control: { type: "ephemeral" } }],
  messages: [{ role: "user", content: [{ type: "image", source: { type: "base64", data: "AA==" } }] }],
  tools: [{ name: "Read", input_schema: { properties: { source: { type: "url" } } } }],
};
function read(asked: object | string) {
  const found = readModelRequest(typeof asked === "string" ? asked : JSON.stringify(asked));
  return found.kind === "request" ? { ...found, body: new TextDecoder().decode(found.body) } : found;
}

describe("a question to the model", () => {
  it("passes as it is", ({ expect }) => {
    expect(read(plain)).toMatchObject({ model: plain.model, maxTokens: 10, leftOut: [], body: JSON.stringify(plain) });
  });

  it("is sent as it was understood: of two models, the one that was judged", ({ expect }) => {
    const found = read('{"model":"claude-opus-5","model":"claude-haiku-4-5","messages":[]}');
    expect(found).toMatchObject({ model: "claude-haiku-4-5", body: '{"model":"claude-haiku-4-5","messages":[]}' });
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

  it.for<[string, object | string]>([
    ["has an address to fetch", [{ type: "image", source: { type: "url", url: "https://evil.test/?secret" } }]],
    [
      "has one within a tool's result",
      [{ type: "tool_result", content: [{ type: "document", source: { type: "file" } }] }],
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
