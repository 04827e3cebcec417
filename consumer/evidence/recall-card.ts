import type { Command } from "../../shared/command.ts";
import { conversationId } from "../../shared/conversation.ts";
import type { Repository } from "../clients/github.ts";
import { briefly } from "../effect.ts";
import type { CommandNeeds } from "../needs.ts";
import type { Taken } from "../report/take-report.ts";
import { type Card, makeCard } from "./card.ts";
import { gather } from "./gather.ts";
import { emailAddresses, maskEmails } from "../../shared/references/email.ts";
import { postHogSessionIds } from "../../shared/references/posthog.ts";
import { reportedAt, reportedIn, wholeText } from "./reported.ts";

/** The card that was made of this issue or thread before; else what one look at the sources gives. It fails nothing, and keeps nothing. */
export async function recallCard(
  command: Command,
  taken: Taken,
  { name, head }: Repository,
  needs: CommandNeeds,
): Promise<Card | undefined> {
  const { effect, evidence } = needs;
  try {
    const subjects = [taken.issue?.id, conversationId(command.conversation)].filter((one) => one !== undefined);
    const kept = await effect(
      "recall evidence",
      async () => {
        for (const subject of subjects) {
          const card = await evidence.find(subject);
          if (card) return card;
        }
        return null;
      },
      briefly,
    );
    if (kept) return kept;
    const text = wholeText(taken);
    const question = {
      text,
      reportedAt: reportedAt(taken.report),
      sessionIds: postHogSessionIds(text),
      emails: emailAddresses(text),
      findRepository: async () => ({ name, head }),
    };
    const findings = await gather(question, needs);
    return makeCard({ title: taken.title, reported: reportedIn(taken.report), findings, mask: maskEmails });
  } catch {
    return undefined;
  }
}
