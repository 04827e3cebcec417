import type { Command } from "../../shared/command.ts";
import { lastWordAttempts } from "../../shared/limits.ts";
import type { Effect } from "../effect.ts";
import type { Mark, Replies } from "./reply.ts";

/** The one message that follows a command: posted once, edited on the way, and at the end its last word. */
export function createStatusMessage(command: Command, replies: Replies, effect: Effect) {
  let messageId: string | undefined;

  return {
    /** `step` names the stage: unique in a command. */
    async show(step: string, text: string): Promise<void> {
      if (messageId === undefined) {
        messageId = await effect("status: post", (again) => replies.post(command, text, again));
        return;
      }
      const id = messageId;
      await effect(`status: ${step}`, async () => replies.edit(command, id, text), { attempts: 1 }).catch(
        () => undefined,
      );
    },

    /** For edits inside another effect; a lost one is made up for by the next. */
    async edit(text: string): Promise<void> {
      if (messageId !== undefined) await replies.edit(command, messageId, text).catch(() => undefined);
    },

    async mark(mark: Mark): Promise<void> {
      await effect(`mark ${mark}`, async () => replies.mark(command, mark)).catch(() => undefined);
    },

    async lastWord(text: string): Promise<void> {
      const id = messageId;
      await effect(
        "last word",
        async (again) => {
          if (id === undefined) await replies.post(command, text, again);
          else await replies.edit(command, id, text);
        },
        { attempts: lastWordAttempts },
      );
    },
  };
}
export type StatusMessage = ReturnType<typeof createStatusMessage>;
