import type { Command } from "../../shared/command.ts";
import { Failure } from "../../shared/failure.ts";
import { maxThreadLength } from "../../shared/limits.ts";
import type { Redact } from "../../shared/redact.ts";
import type { Conversation } from "../../shared/conversation.ts";
import { type Effect, untilStopped } from "../effect.ts";
import type { Replies, Said } from "../replies/reply.ts";
import { wordsOf } from "./said.ts";
import type { StatusMessage } from "../replies/status-message.ts";

export interface ReadThreadNeeds {
  effect: Effect;
  replies: (platform: Conversation["platform"]) => Replies;
  status: Pick<StatusMessage, "note">;
  redact: Redact;
}

/** What was said before the command, without the secrets that somebody typed. A thread that cannot be read fails nothing, but is not passed over in silence. */
export async function readThread(
  command: Command,
  { effect, replies, status, redact }: ReadThreadNeeds,
): Promise<Said[]> {
  try {
    const read = async () => {
      const said = fit(await replies(command.conversation.platform).earlier(command));
      return said.map((one) => ({ ...one, text: redact(one.text) }));
    };
    return await effect("read thread", read, untilStopped);
  } catch (error) {
    if (error instanceof Failure && error.code === "stopped") throw error;
    const reason = error instanceof Failure ? error.reply : "Something broke.";
    status.note(`⚠️ I could not read what was said here before. ${reason}`);
    return [];
  }
}

/** The head, which is mostly the report, and the newest that fit beside it. */
export function fit(said: readonly Said[]): Said[] {
  const [head, ...rest] = said;
  if (!head) return [];
  let room = maxThreadLength - wordsOf(head).length;
  const newest = rest.toReversed().filter((one) => (room -= wordsOf(one).length) >= 0);
  return [{ ...head, text: head.text.slice(0, maxThreadLength).toWellFormed() }, ...newest.toReversed()];
}
