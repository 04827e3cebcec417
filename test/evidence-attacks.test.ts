import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { afterAll, afterEach, beforeAll, describe, it } from "vitest";
import { demoCustomer } from "../local/demo-behaviour.ts";
import { cardLengths, maxIssueTextLength } from "../shared/limits.ts";
import { createEvidenceWorld, type EvidenceWorld } from "./evidence-world.ts";

let world: EvidenceWorld;
beforeAll(async () => {
  world = await createEvidenceWorld();
});
afterEach(() => world.mend());
afterAll(() => world?.close());

/** https://developers.cloudflare.com/workflows/reference/limits/ */
const maxStepBytes = 1024 * 1024;
const shop = "https://github.com/acme/shop";
const json = { "content-type": "application/json" };
const longest = 40_000;
const fill = (piece: string) => piece.repeat(Math.ceil(longest / piece.length)).slice(0, longest);

/** What became of a report: Linear's texts, the thread's, and the largest step. */
async function told(text: string, asks: Parameters<EvidenceWorld["ask"]>[1] = {}) {
  const ended = await world.ask(text, asks);
  const issue = world.linear.workspace.issues.find(({ identifier }) => identifier === ended.issue);
  const comments = world.linear.workspace.comments.filter(({ issueId }) => issueId === issue?.id);
  return { ...ended, filed: issue, comment: comments.at(-1)?.body ?? "" };
}

describe("a report of 40,000 characters", () => {
  it.for([
    ["of one letter", "x"],
    ["of frames", "at f (src/cart.js:1:1)\n"],
    ["of different frames", "src/a/b.js:1 src/a/c.js:2 index.js:3 "],
    ["of addresses", "ann@acme.com "],
    ["of one address that does not end", "ann.smith.and."],
    ["of hidden characters", "\u202E\u200B"],
    ["of control characters", "\u0000\u0001\u001b[2J"],
    ["of lone surrogates", "\uD800 "],
    ["of Markdown", "](https://evil.example)[x](|`*_#\n> "],
    ["of entities", "&#x202e;"],
    ["of names of prototypes", "__proto__ constructor toString hasOwnProperty "],
    ["of sessions", "session 0190b6f4-7a3e-7c3d-8d6b-3f1c2b4a5d6e "],
    ["of ids", "BUG-1 UTF-8 ISO-8859 "],
    ["of quotes", "\"'`“‘"],
    ["of errors", "TypeError: cannot do this: "],
    ["of percent signs", "%40%"],
  ] as const)("%s is worked on", async ([, piece], { expect }) => {
    const earlier = Array.from({ length: 50 }, () => ({ author: fill(piece), text: fill(piece) }));
    const words = `${shop} The total of ann@acme.com is wrong. ${fill(piece)}`;
    const { outcome, largestStep, filed, comment, reply } = await told(words, { earlier });
    expect(outcome).toBe("succeeded");
    expect(largestStep).toBeLessThan(maxStepBytes);
    expect(comment.length).toBeLessThanOrEqual(maxIssueTextLength);
    expect(filed?.description?.length).toBeLessThanOrEqual(maxIssueTextLength + 200);
    expect(filed?.title).toBe("The total of a…@acme.com is wrong");
    for (const written of [comment, reply, filed?.description ?? ""]) {
      expect(written).not.toMatch(/ann@/);
      expect(written).not.toMatch(/[\u0000-\u0008\u001b\u200B\u202E]/);
      expect(written).toBe(written.toWellFormed());
    }
  });
});

describe("the description of a new issue", () => {
  /** As people see it in Linear, near enough. */
  const rendered = (markdown = "") =>
    micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });

  it.for([
    ["an image", "![x](https://evil.example/pixel.png)"],
    ["a link under another name", "[https://bank.example](https://evil.example)"],
    ["a link by reference", "[bank][1]\n\n[1]: https://evil.example"],
    ["an autolink and HTML", "<https://evil.example> <img src=https://evil.example/p.png> <b>x</b> &lt;b&gt;"],
    ["headings", "# Heading\n\nHeading\n=======\n\nHeading\n---"],
    ["a fence", "```\n[x](https://evil.example)\n```\n# x\n```"],
    ["a list, a table and a rule", "- a\n+ b\n1. c https://evil.example\n\n|a|b|\n|-|-|\n|c|d|\n\n***"],
    [
      "a mention",
      "https://linear.app/acme/profiles/ann @ann https://ann@evil.example https://LINEAR.app./acme/profiles/bo",
    ],
    ["hidden words", "a\u202Eb\u200Bc &#x202e;"],
    ["emphasis", "**a** _b_ ~~c~~ `d` https://evil.example/a_b_c)."],
  ] as const)("shows %s as it was written, in a quote", async ([, text], { expect }) => {
    const earlier = [{ author: `](https://evil.example) @ann ${text}`, text }];
    const { filed } = await told(`The total is wrong\n${text}`, { earlier });
    const html = rendered(filed?.description ?? "");
    const quotes = html.match(/<blockquote>[^]*?<\/blockquote>/g);
    expect(quotes).toHaveLength(2);
    expect(html.replace(/<\/?(?:p|blockquote|code|a(?: href="[^"]*")?)>/g, "")).not.toMatch(/<[a-z/!]/i);
    for (const [, href = "", name = ""] of html.matchAll(/<a href="([^"]*)">([^]*?)<\/a>/g)) {
      expect(href).toMatch(/^https:\/\/(?:evil\.example|bank\.example|acme\.slack\.com)\//);
      if (name !== "Open the thread") expect(new URL(name.replace(/<\/?code>/g, "")).href).toBe(href);
    }
    // Outside the quotes stand only bugbot's words, and names.
    expect(html.replace(/<blockquote>[^]*?<\/blockquote>/g, "").match(/<a /g)).toHaveLength(1);
    expect(html).not.toMatch(/[\u202E\u200B]/);
  });

  it("lets people follow the addresses in it", async ({ expect }) => {
    const { filed } = await told(
      "The total is wrong, see https://shop.example/cart?id=1 (or https://shop.example/a_b).",
    );
    const html = rendered(filed?.description ?? "");
    expect(html).toContain('<a href="https://shop.example/cart?id=1"><code>https://shop.example/cart?id=1</code></a>');
    expect(html).toContain('<a href="https://shop.example/a_b"><code>https://shop.example/a_b</code></a>).');
  });
});

describe("evidence that is far too much", () => {
  it("from PostHog is cut below what a step may keep", async ({ expect }) => {
    const long = "x".repeat(200_000);
    const frames = Array.from({ length: 500 }, (_, at) => ({
      source: `src/${at}.js`,
      line: 1,
      name: long.slice(0, 1000),
    }));
    const distinctId = "flood";
    const sessionId = "019ab5d4-7c10-7a3e-8c3d-00000000f100";
    const at = Date.now() - 60_000;
    world.posthog.addRecording({ sessionId, distinctId, startedAt: at, durationMs: 1e15 });
    for (let event = 0; event < 8; event++)
      world.posthog.capture({
        event: "$exception",
        distinctId,
        sessionId,
        at: at + event,
        exception: [{ type: long, value: `${event} ${long}`, frames }],
      });
    const { outcome, largestStep, comment } = await told(`${shop} session ${sessionId} The total is wrong`);
    expect(outcome).toBe("succeeded");
    expect(largestStep).toBeLessThan(maxStepBytes);
    expect(comment).toContain("### What happened");
    expect(comment.length).toBeLessThanOrEqual(maxIssueTextLength);
  });

  it("from GitHub too, and nothing in it is taken for Markdown", async ({ expect }) => {
    await world.github.commit("acme/shop", {
      branch: "main",
      files: { "src/zebra.js": "export const zebraStripes = 1;\n" },
      message: "](https://evil.example) @everyone bo@acme.com ".repeat(2000),
    });
    const { outcome, largestStep, comment, reply } = await told(`${shop} src/zebra.js has too many zebraStripes`);
    expect(outcome).toBe("succeeded");
    expect(largestStep).toBeLessThan(maxStepBytes);
    expect(comment).toContain("src/zebra.js");
    for (const written of [comment, reply]) {
      expect(written).not.toContain("](https://evil");
      expect(written).not.toContain("bo@acme");
    }
  });

  it("from an issue in Linear", async ({ expect }) => {
    const issue = world.linear.seedIssue({ title: "Too long", description: fill("ann@acme.com said\n").repeat(5) });
    const { outcome, largestStep, comment } = await told(`${issue.identifier} ${shop}`);
    expect(outcome).toBe("succeeded");
    expect(largestStep).toBeLessThan(maxStepBytes);
    expect(comment).not.toContain("ann@");
  });
});

describe("answers of another shape than documented", () => {
  const bodies = {
    "an empty object": {},
    null: null,
    "a list": [],
    "a number": 7,
    prototypes: { __proto__: { results: [] }, constructor: 1 },
  };
  for (const source of ["posthog", "github"] as const) {
    it.for(Object.entries(bodies))(
      `${source} gives %s: the command succeeds without it`,
      async ([, body], { expect }) => {
        world[source].fault(/./, { status: 200, headers: json, body: JSON.stringify(body), times: 1000 });
        const { outcome, reply, comment } = await told(`${shop} ${demoCustomer.email} The total is wrong`);
        expect(outcome).toBe("succeeded");
        expect(reply).toMatch(source === "posthog" ? /Not known: PostHog: not reached/ : /Not known: GitHub: not/);
        expect(comment).toContain("### Not known");
      },
    );
  }
});

describe("people's addresses", () => {
  const { email } = demoCustomer;
  const earlier = [
    { author: email, text: `I am ${email} and cannot pay: https://shop.test/?mail=${encodeURIComponent(email)}` },
  ];
  const report = `contextualize: ${email} cannot pay in ${shop}`;

  it("are masked in chat and in Linear: title, description, comment, names, notes", async ({ expect }) => {
    const refusal = { errors: [{ message: "no", extensions: { type: "forbidden", code: "FORBIDDEN" } }] };
    const { filed, comment, reply, asked } = await told(report, { earlier });
    expect(filed?.title).toContain("m…@customers.example");
    expect(comment).toContain("m…@customers.example");
    const again = await (async () => {
      world.linear.fault("commentCreate", { status: 200, headers: json, body: refusal, times: 9 });
      return told(report, { earlier });
    })();
    for (const written of [
      filed?.title,
      filed?.description,
      comment,
      reply,
      again.reply,
      JSON.stringify([...world.kept.cards.values()]),
    ])
      expect(written).not.toMatch(/mia(?:@|%40)/i);
    // They are what PostHog is asked for, all the same.
    expect(JSON.stringify(asked.posthog.map(({ body }) => body))).toContain(email);
  });

  it("that the report did not name are never whole, whatever the operator shows", async ({ expect }) => {
    const named = "ann.lee@customers.example";
    const at = Date.now() - 60_000;
    const sessionId = "019ab5d4-7c10-7a3e-8c3d-00000000e001";
    world.posthog.addPerson({ distinctIds: ["ann"], email: named });
    world.posthog.addRecording({ sessionId, distinctId: "ann", startedAt: at, durationMs: 50_000 });
    const seen = { distinctId: "ann", sessionId };
    const clicked = { $event_type: "click", $el_text: `Invite zoe@friends.example as ${named}` };
    world.posthog.capture({ ...seen, event: "$autocapture", at: at + 1000, properties: clicked });
    const thrown = [{ type: "Error", value: "No mail to zoe@friends.example or zoe%40friends.example" }];
    world.posthog.capture({ ...seen, event: "$exception", at: at + 2000, exception: thrown });
    await world.github.commit("acme/shop", {
      branch: "main",
      files: { "src/invite.js": "export const inviteFriends = 1;\n" },
      message: "Ask zoe@friends.example",
    });
    const { filed, comment, reply } = await told(`${named} cannot use inviteFriends in ${shop}`, {
      variables: { EVIDENCE_SHOW_EMAILS: "on" },
    });
    expect(comment).toContain(`as ${named}`);
    expect(comment).toContain("z…@friends.example");
    expect(comment).toContain("Ask z…@friends.example");
    for (const written of [comment, reply, filed?.title, filed?.description])
      expect(written).not.toMatch(/zoe(?:@|%40)/);
    expect(reply).not.toContain(named);
  });

  it("are whole in Linear where EVIDENCE_SHOW_EMAILS is on; never in a title or in chat", async ({ expect }) => {
    const { filed, comment, reply } = await told(report, { earlier, variables: { EVIDENCE_SHOW_EMAILS: "on" } });
    expect(comment).toContain(email);
    expect(filed?.description).toContain(email);
    for (const written of [filed?.title, reply]) expect(written).not.toContain(email);
  });
});

it("keeps a card within what was meant to be shown", async ({ expect }) => {
  const { comment } = await told(`${shop} The total is wrong. ${fill("all of it ")}`);
  expect(comment.length).toBeLessThan(4 * cardLengths.reported);
});
