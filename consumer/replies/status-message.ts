import type { Command } from "../../shared/command.ts";
import { lastWordAttempts } from "../../shared/limits.ts";
import type { Effect } from "../effect.ts";
import { whispered, type Mark, type Replies, type Reply } from "./reply.ts";

export interface StatusMessageNeeds {
  replies: Replies;
  effect: Effect;
  /** Notes which message follows the command, for buttons and reactions on it. */
  remember: (messageId: string) => Promise<void>;
}

/** The one message that follows a command: posted once, edited on the way, and at the end its last word. */
export function createStatusMessage(command: Command, { replies, effect, remember }: StatusMessageNeeds) {
  let messageId: string | undefined;
  /** Whether an attempt to post it failed, which may have posted it all the same. */
  let isUncertain = false;

  return {
    /** `step` names the stage: unique in a command. A status that cannot be shown fails nothing: the last word will be said. */
    async show(step: string, reply: Reply): Promise<void> {
      const id = messageId;
      if (id !== undefined) {
        await effect(`status: ${step}`, async () => replies.edit(command, id, reply), { attempts: 1 }).catch(
          () => undefined,
        );
        return;
      }
      try {
        messageId = await effect(`status: post ${step}`, async (again) => {
          const posted = await replies.post(command, reply, again || isUncertain);
          await remember(posted);
          return posted;
        });
      } catch {
        isUncertain = true;
      }
    },

    /** For edits inside another effect; a lost one is made up for by the next. */
    async edit(reply: Reply): Promise<void> {
      if (messageId !== undefined) await replies.edit(command, messageId, reply).catch(() => undefined);
    },

    async mark(mark: Mark): Promise<void> {
      await effect(`mark ${mark}`, async () => replies.mark(command, mark)).catch(() => undefined);
    },

    async lastWord(reply: Reply): Promise<void> {
      const id = messageId;
      await effect(
        "last word",
        async (again) => {
          if (id !== undefined) return replies.edit(command, id, reply);
          const lookFirst = again || isUncertain;
          const posted = await replies.post(command, reply, lookFirst);
          // What was found there may still say something else.
          if (lookFirst && posted !== whispered) await replies.edit(command, posted, reply);
        },
        { attempts: lastWordAttempts },
      );
    },
  };
}
export type StatusMessage = ReturnType<typeof createStatusMessage>;
