import { maskEmails } from "../../shared/references/email.ts";
import type { Reply } from "../replies/reply.ts";
import { type Card, makeCard } from "./card.ts";
import type { Findings } from "./evidence.ts";
import { sampleFindings } from "./sample-findings.ts";
import { writeChatSummary } from "./write-chat-summary.ts";

export const sampleIssue = {
  identifier: "BUG-12",
  title: "Pressing Apply twice takes the discount off twice",
  url: "https://linear.app/acme/issue/BUG-12",
};

/** A card on a bug in a shop; for tests and pictures. */
export function sampleCard(findings: Findings = sampleFindings(), mask = maskEmails): Card {
  const text = "Pressing Apply twice takes the discount off twice. ann.smith@acme.com saw it.\nSee the cart.";
  const threadUrl = "https://acme.slack.com/archives/C0BUGS/p1";
  return makeCard({ title: sampleIssue.title, reported: [{ author: "Ann", text }], threadUrl, findings, mask });
}

/** The last word about it, with what stands under it. */
export function sampleReply(card: Card, issue = sampleIssue): Reply {
  return {
    text: writeChatSummary({ card, issue, notes: [] }),
    buttons: [{ action: "fix", commandId: "slack-Ev1" }],
    links: [{ label: "Open issue", url: issue.url }],
  };
}
