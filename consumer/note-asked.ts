import type { Command } from "../shared/command.ts";
import { conversationId } from "../shared/conversation.ts";
import { actorOf, type Audit } from "./stores/audit.ts";

/** As much of what was asked as the audit keeps. */
const maxNotedText = 300;

/** For the audit: who asked, and what. Once, however often it is told. */
export async function noteAsked(
  command: Command,
  { record }: { record: Audit["record"] },
  by = actorOf(command),
): Promise<void> {
  const { id, name, text, conversation } = command;
  const facts = { name, text: text.slice(0, maxNotedText).toWellFormed(), conversation: conversationId(conversation) };
  await record({ deed: `${id} asked`, actor: by, action: "asked", subject: id, facts });
}
