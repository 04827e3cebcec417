import type { Command } from "../../shared/command.ts";
import { lastWordAttempts } from "../../shared/limits.ts";
import { briefly, type Effect, type Wait } from "../effect.ts";
import { whispered, type Mark, type Replies, type Reply } from "./reply.ts";

export interface StatusMessageNeeds {
  replies: Replies;
  effect: Effect;
  /** Notes which message follows the command, for buttons and reactions on it. */
  remember: (messageId: string) => Promise<void>;
  /** Notes what the command does now, for those who ask for its status. */
  reach: (stage: string) => Promise<void>;
}

/**
 * The one message that follows a command: posted once, edited on the way, and at the end its last word. Nobody has to wait
 * for what it shows and marks: each goes out after the one before it, and the last word after all that was shown.
 */
export function createStatusMessage(command: Command, { replies, effect, remember, reach }: StatusMessageNeeds) {
  let messageId: string | undefined;
  /** Whether an attempt to post it failed, which may have posted it all the same. */
  let isUncertain = false;
  let activity: string | undefined;
  let stage: string | undefined;
  /** What was shown last, without the waits that stood under it. */
  let standing: Reply | undefined;
  const waits = new Map<string, string>();
  let shown = Promise.resolve();
  let marked = Promise.resolve();
  const notes: string[] = [];
  const noted = (reply: Reply): Reply => ({ ...reply, text: [reply.text, ...notes].join("\n") });

  /** Nothing waits for it. */
  function showActivity(): void {
    if (activity !== undefined) void replies.activity?.(command, activity);
  }

  async function noteStage({ doing }: Reply): Promise<void> {
    const now = doing?.stage ?? "waiting for an answer";
    if (now === stage) return;
    stage = now;
    await reach(now).catch(() => undefined);
  }

  async function endActivity(step: string): Promise<void> {
    if (activity === undefined || !replies.activity) return;
    activity = undefined;
    await effect(step, async () => replies.activity?.(command, undefined), briefly).catch(() => undefined);
  }

  /** Somebody may have deleted the message: another one follows the command then. */
  async function change(id: string, reply: Reply): Promise<string> {
    const shownIn = await replies.edit(command, id, reply);
    if (shownIn !== id) await remember(shownIn);
    return shownIn;
  }

  async function showNow(step: string, reply: Reply): Promise<void> {
    const id = messageId;
    if (reply.doing === undefined) await endActivity(`activity before ${step}`);
    activity = activityOf(reply);
    if (id !== undefined) {
      const edit = async () => {
        await noteStage(reply);
        const shownIn = await change(id, noted(reply));
        showActivity();
        return shownIn;
      };
      // An earlier version recorded nothing of it.
      messageId = (await effect(`status: ${step}`, edit, { attempts: 1 }).catch(() => undefined)) ?? id;
      return;
    }
    try {
      const post = async (again: boolean) => {
        const posted = await replies.post(command, noted(reply), again || isUncertain);
        showActivity();
        await remember(posted);
        await noteStage(reply);
        return posted;
      };
      messageId = await effect(`status: post ${step}`, post, briefly);
    } catch {
      isUncertain = true;
    }
  }

  return {
    /** Something the person should know, whatever comes of the command: stands under every message from now on. */
    note(text: string): void {
      notes.push(text);
    },

    /** `step` names the stage: unique in a command. A status that cannot be shown fails nothing: the last word will be said. */
    show(step: string, reply: Reply): Promise<void> {
      standing = reply;
      shown = shown.then(() => showNow(step, reply));
      return shown;
    },

    /** Under the message that follows the command, for as long as somebody who does not answer is waited for. Without such a message nothing is shown. */
    showWait({ effect: name, reply }: Wait): void {
      if (reply === undefined) waits.delete(name);
      else waits.set(name, `⏳ ${reply} I keep trying.`);
      if (standing === undefined) return;
      const words = [...new Set(waits.values())];
      const { text, doing } = standing;
      const waiting = words.length > 0 && doing ? { doing: { ...doing, tool: words.join(" ") } } : {};
      const now = { ...standing, text: [text, ...words].join("\n"), ...waiting };
      shown = shown.then(() => showNow(reply === undefined ? `${name} goes on` : `${name} waits`, now));
    },

    /** For edits inside another effect; a lost one is made up for by the next. */
    async edit(reply: Reply): Promise<void> {
      standing = reply;
      activity = activityOf(reply);
      await noteStage(reply);
      if (messageId !== undefined) messageId = await change(messageId, noted(reply)).catch(() => messageId);
      showActivity();
    },

    /** For long work inside another effect: platforms forget what bugbot is doing after a while. */
    stillWorking: showActivity,

    mark(mark: Mark): Promise<void> {
      const markNow = () =>
        effect(
          `mark ${mark === "working_again" ? "working" : mark}`,
          async () => replies.mark(command, mark),
          briefly,
        ).catch(() => undefined);
      marked = marked.then(markNow);
      return marked;
    },

    async lastWord(reply: Reply): Promise<void> {
      standing = undefined;
      await shown;
      const id = messageId;
      const say = async (again: boolean): Promise<string> => {
        const word = noted(reply);
        if (id !== undefined) return replies.edit(command, id, word);
        const lookFirst = again || isUncertain;
        const posted = await replies.post(command, word, lookFirst);
        // What was found there may still say something else.
        if (lookFirst && posted !== whispered) await replies.edit(command, posted, word);
        return posted;
      };
      // An earlier version recorded nothing of it.
      messageId = (await effect("last word", say, { attempts: lastWordAttempts })) ?? id;
      await endActivity("activity over");
    },

    /** Says in the last word what came about after it. */
    async amend(reply: Reply): Promise<void> {
      const id = messageId;
      if (id === undefined || id === whispered) return;
      await effect("amend last word", () => replies.edit(command, id, noted(reply)), briefly).catch(() => undefined);
    },
  };
}
/** In a few words, what goes on right now. */
function activityOf({ doing }: Reply): string | undefined {
  return doing && (doing.tool ?? doing.stage);
}

export type StatusMessage = ReturnType<typeof createStatusMessage>;
