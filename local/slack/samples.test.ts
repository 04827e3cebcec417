import { existsSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, it } from "vitest";
import * as z from "zod";
import { vendorContracts } from "../../test/vendor-contracts.ts";
import { createSlack, type Slack } from "../slack.ts";

const samples = new URL("slack-samples/", vendorContracts);
const fields = z.record(z.string(), z.unknown());
let slack: Slack;

beforeEach(async () => {
  slack = await createSlack({ botToken: "xoxb-local", signingSecret: "signing-secret" });
});
afterEach(() => slack.close());

function read(name: string) {
  return fields.parse(JSON.parse(readFileSync(new URL(`${name}.json`, samples), "utf8")));
}

function payloadOf({ body }: { body: string }) {
  return fields.parse(JSON.parse(new URLSearchParams(body).get("payload") ?? ""));
}

/** Where `ours` has a field `known` lacks, or one of another type. Slack's samples leave lists and maps empty. */
function departures(ours: Record<string, unknown>, known: Record<string, unknown>, at = ""): string[] {
  return Object.entries(ours).flatMap(([name, value]) => {
    const path = `${at}${name}`;
    if (!(name in known)) return [path];
    const expected = known[name];
    if (value === null || Array.isArray(value)) return [];
    if (typeof value !== typeof expected) return [path];
    const [inner, knownInner] = [fields.safeParse(value), fields.safeParse(expected)];
    if (!inner.success || !knownInner.success || Object.keys(knownInner.data).length === 0) return [];
    return departures(inner.data, knownInner.data, `${path}.`);
  });
}

describe.skipIf(!existsSync(samples))("Slack's recorded samples (../shared/contracts, where present)", () => {
  const button = { type: "button", action_id: "go", text: { type: "plain_text", text: "Go", emoji: true }, value: "v" };

  it("SlashCommandPayload has every field of the slash command the stand-in sends", ({ expect }) => {
    const sent = Object.fromEntries(new URLSearchParams(slack.slashCommand("help").body));
    // A form has texts only.
    expect(departures(sent, { ...read("SlashCommandPayload"), is_enterprise_install: "" })).toEqual([]);
  });

  it("BlockActionPayload has every field of the button's", ({ expect }) => {
    const { message } = slack.mention("help");
    const channel = slack.workspace.addChannel("C0BUGS", "bugs");
    const blocks = [{ type: "actions", elements: [button] }];
    const status = slack.workspace.post(channel, {
      user: "U0BUGBOT",
      botId: "B1",
      text: "x",
      threadTs: message.ts,
      blocks,
    });
    const sent = payloadOf(slack.pressButton("Go", status));
    const known = read("BlockActionPayload");
    expect(departures(sent, known)).toEqual([]);
    const [pressed, knownPressed] = [sent, known].map(({ actions }) => z.array(fields).parse(actions)[0] ?? {});
    expect(departures(pressed ?? {}, knownPressed ?? {})).toEqual([]);
  });

  it("ViewSubmissionPayload has every field of the form's, whose blocks it leaves out", ({ expect }) => {
    const view = {
      type: "modal" as const,
      title: { type: "plain_text" as const, text: "T", emoji: true },
      submit: { type: "plain_text" as const, text: "S", emoji: true },
      blocks: [{ type: "input", block_id: "b", element: { type: "plain_text_input", action_id: "a" } }],
      private_metadata: "",
      callback_id: "c",
      external_id: "",
      clear_on_close: false,
      notify_on_close: false,
      id: "V1",
      hash: "h",
      user: "U0ALICE",
    };
    const sent = payloadOf(slack.submitView(view, { b: "x" }));
    expect(sent).toMatchObject({ view: { state: { values: { b: { a: { type: "plain_text_input", value: "x" } } } } } });
    expect(departures(sent, read("ViewSubmissionPayload"))).toEqual(["view.blocks"]);
  });

  it("ReactionAddedPayload has every field of the reaction's", ({ expect }) => {
    const { message } = slack.mention("help");
    const sent = fields.parse(JSON.parse(slack.react("x", message).body));
    expect(departures(sent, read("ReactionAddedPayload"))).toEqual([]);
  });
});
