import * as fc from "fast-check";
import { describe, it } from "vitest";
import { cardLengths, maxIssueTextLength } from "../../shared/limits.ts";
import { maskEmails } from "../../shared/references/email.ts";
import { compareCards, countNew, makeCard } from "./card.ts";
import type { Findings } from "./evidence.ts";
import { drawReply } from "../replies/discord-message.ts";
import { drawMessage, fitsSlack, wordsOf } from "../replies/slack-message.ts";
import { sampleCard, sampleIssue as issue, sampleReply } from "./sample-card.ts";
import { hostileFindings, sampleFindings } from "./sample-findings.ts";
import { writeChatSummary } from "./write-chat-summary.ts";
import { writeIssueComment } from "./write-issue-comment.ts";

const threadUrl = "https://acme.slack.com/archives/C0BUGS/p1";
const nothing: Findings = {
  behaviour: { state: "missing", reason: "not reached (no answer within 10 s)" },
  code: { state: "missing", reason: "not set up (GITHUB_TOKEN turns it on)" },
};
const card = sampleCard;

describe("the card", () => {
  it("tells who is affected, what happened, where in the code, and what changed, each claim with its link", ({
    expect,
  }) => {
    const { sections, unknown } = card();
    expect(sections.map(({ title }) => title)).toEqual([
      "Who is affected",
      "What happened",
      "Where in the code",
      "What changed recently",
    ]);
    for (const { url } of sections.flatMap(({ claims }) => claims)) expect(url).toMatch(/^https:\/\//);
    expect(unknown).toEqual([]);
  });

  it("says what could not be learnt, and why", ({ expect }) => {
    const { sections, unknown } = card(nothing);
    expect(sections).toEqual([]);
    expect(unknown).toEqual([
      "PostHog: not reached (no answer within 10 s)",
      "GitHub: not set up (GITHUB_TOKEN turns it on)",
    ]);
  });

  it("marks what an earlier card did not say, and nothing when the counts alone have changed", ({ expect }) => {
    const first = card({ ...sampleFindings(), code: nothing.code });
    expect(countNew(compareCards(card(), first))).toBe(4);
    const same = compareCards(card(sampleFindings({ affectedUsers: 13 })), card());
    expect([countNew(same), same.isUpdate]).toEqual([0, true]);
    expect(writeChatSummary({ card: same, issue, notes: [] })).toContain("Nothing new since the last look.");
  });

  it("knows a place again when the branch has moved on", ({ expect }) => {
    const written = JSON.stringify(sampleFindings());
    const moved: Findings = JSON.parse(written.replaceAll("/blob/1f2e3d4c", "/blob/99999999"));
    expect(JSON.stringify(moved)).not.toBe(written);
    expect(countNew(compareCards(card(moved), card()))).toBe(0);
  });

  it("never says that nothing matches where a part was not looked at", ({ expect }) => {
    const { code } = sampleFindings();
    if (code.state !== "found") throw new TypeError("the sample has code");
    const value = {
      ...code.value,
      suspects: [],
      gaps: [{ what: "what was searched for", why: "asked to wait 30 s" }],
    };
    const { unknown } = card({ ...sampleFindings(), code: { state: "found", value } });
    expect(unknown).toEqual(["GitHub: what was searched for (asked to wait 30 s)"]);
  });
});

/** Recordings of which only the second shows an error. */
function eventful({ recordings: count, steps, words }: { recordings: number; steps: number; words: string }): Findings {
  const { behaviour, code } = sampleFindings();
  const [recording] = behaviour.state === "found" ? behaviour.value.recordings : [];
  if (behaviour.state !== "found" || !recording) throw new TypeError("the sample has a recording");
  const recordings = Array.from({ length: count }, (_each, nth) => ({
    ...recording,
    url: recording.url.replace("0190b6f4", `0190b6f${nth}`),
    timeline: Array.from({ length: steps }, (_step, at) => ({
      at: recording.startedAt + at,
      what: `${words} ${at}`,
      kind: nth === 1 && at === 3 ? ("exception" as const) : ("click" as const),
      url: recording.url,
    })),
  }));
  return { behaviour: { state: "found", value: { ...behaviour.value, recordings } }, code };
}

describe("in Linear", () => {
  it("is Markdown with every part", async ({ expect }) => {
    await expect(writeIssueComment(card())).toMatchFileSnapshot("../../docs/cards/linear.md");
  });

  it("tells every step of every recording: below the one that shows the error, folded away below the others", ({
    expect,
  }) => {
    const written = writeIssueComment(card(eventful({ recordings: 5, steps: 25, words: "clicked Pay" })));
    expect(written.match(/clicked Pay \d+$/gm)).toHaveLength(5 * 25);
    expect(written.match(/^ {2}- .*clicked Pay/gm)).toHaveLength(25);
    expect(written.match(/^\+\+\+ What happened in it$/gm)).toHaveLength(4);
    expect(written.match(/^\+\+\+$/gm)).toHaveLength(4);
    expect(written.indexOf("+++")).toBeLessThan(written.indexOf("  - "));
    expect(written).not.toContain("more steps");
  });

  it("leaves out the earliest steps where not all fit, says how many, and nothing else", ({ expect }) => {
    const written = writeIssueComment(card(eventful({ recordings: 5, steps: 25, words: "*".repeat(195) })));
    expect(written.length).toBeLessThanOrEqual(maxIssueTextLength);
    expect(written.match(/- 15 more steps are in the recording$/gm)).toHaveLength(5);
    expect(written.match(/\* 24$/gm)).toHaveLength(5);
    expect(written.match(/\* 14$/gm)).toBeNull();
    expect(written).toContain("### What changed recently");
    expect(written).not.toContain("does not fit");
  });

  it("shows whole addresses only where that was asked for", ({ expect }) => {
    expect(writeIssueComment(card())).not.toContain("ann.smith@");
    expect(writeIssueComment(card(sampleFindings(), (text) => text))).toContain("ann.smith@acme.com");
  });
});

describe("what is far too long", () => {
  it.for([
    "x".repeat(40_000),
    "ann@acme.com ".repeat(4000),
    "\u202E".repeat(40_000),
    "\n".repeat(40_000),
    "\u{1F600}".repeat(20_000),
  ])("is cut, and pushes nothing else off the card (%#)", (text, { expect }) => {
    const long = Array.from({ length: 50 }, () => ({ author: text, text }));
    const made = makeCard({
      title: text.slice(0, 80),
      reported: long,
      threadUrl,
      findings: sampleFindings({ message: text }),
      mask: maskEmails,
    });
    expect(JSON.stringify(made).length).toBeLessThan(2 * cardLengths.reported + 50 * cardLengths.claim);
    expect(JSON.stringify(made)).not.toMatch(/\\ud[89a-f]/i);
    const comment = writeIssueComment(made);
    expect(comment.length).toBeLessThanOrEqual(maxIssueTextLength);
    expect(comment).toContain("### What changed recently");
    expect(comment).not.toContain("ann@");
  });

  it("leaves off what Linear would not take, between lines", ({ expect }) => {
    const claims = Array.from({ length: 500 }, () => ({ lead: "it", text: "x".repeat(400), url: "https://acme.com" }));
    const brief = { lead: "it", text: "", url: "https://acme.com" };
    const comment = writeIssueComment({ ...card(), sections: [{ title: "What happened", brief, claims }] });
    expect(comment.length).toBeLessThanOrEqual(maxIssueTextLength);
    expect(comment).toMatch(/\n- \[it\]\(https:\/\/acme.com\/\) x{400}\n\nThe rest does not fit here\.$/);
  });
});

it("is made of any number that a source gives for a time", ({ expect }) => {
  for (const at of [Number.NaN, -1e300, 1e300, Number.MAX_SAFE_INTEGER]) {
    expect(() => card(sampleFindings({ at }))).not.toThrow();
  }
});

describe("in chat", () => {
  const summary = () => sampleReply(card()).text;

  it("is a line for each section, with the issue's link, and masks addresses", ({ expect }) => {
    expect(summary()).toContain("✅ **[BUG-12](https://linear.app/acme/issue/BUG-12)** Pressing Apply twice");
    expect(summary().match(/^\*\*.*:\*\* \[.*$/gm)).toHaveLength(4);
    expect(summary()).toContain("opened /cart → clicked Apply → clicked Apply → TypeError: code is undefined");
    expect(summary()).not.toContain("ann.smith@acme.com");
  });

  it("shows what is new since the last look", ({ expect }) => {
    const first = card({ ...sampleFindings(), code: nothing.code });
    const text = writeChatSummary({ card: compareCards(card(), first), issue, notes: [] });
    expect(text).toContain("4 new since the last look.");
    expect(text).toContain("* **New:** [src/cart.js]");
  });

  it("says in fine print what is not known", ({ expect }) => {
    const { text, blocks } = drawMessage(wordsOf(sampleReply(card(nothing))));
    expect(text).toContain("Not known: GitHub");
    expect(text).not.toContain("-#");
    expect(blocks.map(({ type }) => type)).toEqual(["rich_text", "context"]);
    expect(JSON.stringify(drawReply(sampleReply(card(nothing))))).toContain("-# Not known: GitHub");
  });

  it("is all there is where Linear is off", ({ expect }) => {
    const text = writeChatSummary({ card: card(), issue: undefined, notes: ["Linear is not set up."] });
    for (const { url } of card().sections.flatMap(({ claims }) => claims)) expect(text).toContain(url);
    expect(text).toContain("a…@acme.com");
  });

  it("is blocks in Slack", async ({ expect }) => {
    const message = drawMessage(wordsOf(sampleReply(card())), sampleReply(card()));
    await expect(`${JSON.stringify(message, null, 2)}\n`).toMatchFileSnapshot("../../docs/cards/slack.json");
  });

  it("is a headline and an embed in Discord", async ({ expect }) => {
    const [message, ...more] = drawReply(sampleReply(card()));
    expect(more).toEqual([]);
    await expect(`${JSON.stringify(message, null, 2)}\n`).toMatchFileSnapshot("../../docs/cards/discord.json");
  });

  it("is one message on each platform, whatever the sources say", ({ expect }) => {
    const reply = sampleReply(card(hostileFindings()));
    expect(fitsSlack(wordsOf(reply))).toBe(true);
    expect(drawReply(reply)).toHaveLength(1);
  });
});

it("never lets quoted words out of their quote, link under another name, ping or hide", ({ expect }) => {
  const pieces = [
    "> ",
    "\n\n# ",
    "](https://evil.example)",
    "![x](https://evil.example/x_(1).png",
    "<https://evil.example>.",
    "<@U1>",
    "<!here>",
    "```\n",
    "`",
    "&#x202e;",
    "\u202E",
    "\u200B",
    "@everyone",
    "https://linear.app/acme/profiles/ann",
    "|",
    "\r\n",
    "- ",
    "\n+++\n\n",
    "+++ ",
    "a",
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (parts) => {
      const text = parts.join("");
      const hostile = sampleFindings({ message: text });
      const made = makeCard({
        title: text,
        reported: [{ author: text, text }],
        threadUrl,
        findings: hostile,
        mask: maskEmails,
      });
      const summary = writeChatSummary({ card: made, issue, notes: [] });
      // What stands in code is text.
      const live = (written: string) => written.replace(/(?<!\\)`[^`]*`/g, "");
      expect(live(summary)).not.toContain("](https://evil");
      for (const written of [writeIssueComment(made), summary]) {
        expect(live(written)).not.toContain("linear.app/acme/profiles");
        expect(live(written)).not.toMatch(/[\u202E\u200B]|(?<!\\)<[@!]|(?<!\\)&#|(?<!\\)!\[|(?<!\[)\]\(https:\/\/evil/);
        for (const fold of written.match(/^[ >]*\+\+\+.*$/gm) ?? [])
          expect(fold).toMatch(/^\+\+\+( What happened in it)?$/);
        // Headings and sections are bugbot's own.
        for (const heading of written.match(/^#+ .*/gm) ?? []) {
          expect(heading).toMatch(/^##+ (Evidence|Reported|Who is|What |Where in|Not known)/);
        }
      }
    }),
    { seed: 5, numRuns: 1000 },
  );
});
