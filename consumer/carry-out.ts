import type { Command } from "../shared/command.ts";
import { conversationId } from "../shared/conversation.ts";
import { Failure } from "../shared/failure.ts";
import { describeError, type Log } from "../shared/log.ts";
import { withBill } from "./endings/bill.ts";
import { checkWorkspace } from "./admission/check-workspace.ts";
import { contextualize } from "./commands/contextualize.ts";
import { resolveFollowUp } from "./commands/follow-up.ts";
import { decide } from "./commands/decide.ts";
import { fix } from "./commands/fix.ts";
import { help } from "./commands/help.ts";
import { passOn } from "./commands/pass-on.ts";
import { resolveRetry, retriedBy } from "./commands/retry.ts";
import { status } from "./commands/status.ts";
import { stop } from "./commands/stop.ts";
import { type Ending, endingOf, saysWhatStands } from "./endings/ending.ts";
import { findStanding } from "./endings/what-stands.ts";
import { guardLoops } from "./admission/guard-loops.ts";
import { isWork } from "../shared/is-work.ts";
import { refuseHeld } from "./admission/refuse-held.ts";
import { keepLimits } from "./admission/keep-limits.ts";
import type { CommandNeeds, Outside } from "./needs.ts";
import { briefly, type Effect, type Wait } from "./effect.ts";
import type { Mark } from "./replies/reply.ts";
import { createStatusMessage } from "./replies/status-message.ts";
import { settle, type Settled, wordOf } from "./settle.ts";

/** A command from its admission to its last word. */
export async function carryOut(
  asked: Command,
  outside: Outside & Pick<CommandNeeds, "effect" | "errors" | "waitForEvent">,
): Promise<Settled> {
  const { effect, commands, deadLetters, now } = outside;
  const log: Log = (event, facts) => outside.log(event, { commandId: asked.id, ...facts });
  let command = asked;
  let refusal: unknown;
  try {
    checkWorkspace(asked, outside.settings);
    await guardLoops(asked, outside);
    refuseHeld(asked);
    const meant = await resolveFollowUp(await resolveRetry(asked, outside), outside);
    await keepLimits(meant, "first", outside);
    command = await place(meant, outside);
  } catch (error) {
    refusal = error;
  }
  const replies = outside.replies(command.conversation.platform);
  const message = createStatusMessage(command, {
    replies,
    effect,
    remember: (id) => commands.follow(command.id, id),
    reach: (stage) => commands.reach(command.id, stage),
  });
  const onWait = (wait: Wait) => message.showWait(wait);
  const told: Effect = (name, attemptIt, options) => effect(name, attemptIt, { onWait, ...options });
  const owed: Parameters<CommandNeeds["later"]>[0][] = [];
  const later: CommandNeeds["later"] = (work) => void owed.push(work);
  const needs: CommandNeeds = { ...outside, log, effect: told, status: message, later };
  const ended = await attempt(command, needs, refusal);
  // What it cost is not worth losing the last word for.
  const ending =
    command.name === "fix"
      ? await effect("add bill", () => withBill(command, ended, needs), briefly).catch(() => ended)
      : ended;
  const settled = await settle(command, ending, needs);
  // Otherwise the watchdog may still end it.
  if (settled.isNoted) await doOwed(settled);
  return settled;

  async function doOwed({ ending: said, button }: Settled): Promise<void> {
    for (const work of owed) {
      try {
        const amended = (await work())(said);
        await message.amend(wordOf(amended, button, command.id));
      } catch (error) {
        log("owed_not_done", describeError(error));
      }
    }
  }

  async function attempt(placed: Command, given: CommandNeeds, refused: unknown): Promise<Ending> {
    try {
      const admit = async () => {
        if (!(await commands.admit(placed, now()))) return "ended";
        // A letter that is being dealt with is none to replay. Should this attempt die, it leaves its own.
        if (asked.name === "retry" && refused === undefined) await deadLetters.markReplayed(retriedBy(asked), asked.id);
        return "admitted";
      };
      // Somebody gave it up before it began, and has told the person: what it would do now, nobody waits for.
      if ((await effect("admit", admit)) === "ended") return { outcome: "refused", reply: "" };
      if (refused !== undefined) throw refused;
      return await run(placed, given, asked.name === "retry" ? "working_again" : "working");
    } catch (error) {
      log("command_failed", describeError(error));
      // What is known at once: GitHub may be why it ends.
      const look = () => findStanding(conversationId(placed.conversation), "at the end", given, { attempts: 1 });
      const standing = placed.name === "fix" && saysWhatStands(error) ? await look() : undefined;
      return endingOf(error, placed.id, standing);
    }
  }
}

/** Work wants a thread; an answer goes to where the question was asked. */
async function place(command: Command, { effect, replies }: Outside & { effect: Effect }): Promise<Command> {
  if (!isWork(command)) return command;
  const conversation = await effect("open thread", (again) =>
    replies(command.conversation.platform).open(command, again),
  );
  return { ...command, conversation };
}

async function run(command: Command, needs: CommandNeeds, working: Mark): Promise<Ending> {
  switch (command.name) {
    case "fix": {
      const passedOn = await passOn(command, "first", needs);
      if (passedOn) return passedOn;
      await keepLimits(command, "late", needs);
      void needs.status.mark(working);
      return fix(command, needs).catch(async (error: unknown) => {
        // Another one was faster.
        const passedLate = isBusy(error) ? await passOn(command, "late", needs) : undefined;
        if (passedLate) return passedLate;
        throw error;
      });
    }
    case "contextualize":
      void needs.status.mark(working);
      return contextualize(command, needs);
    case "status":
      return status(command, needs);
    case "stop":
      return stop(command, needs);
    case "help":
      return help(command);
    case "approve":
      return decide(command, "approved", needs);
    case "decline":
      return decide(command, "declined", needs);
    case "retry":
      throw new TypeError("a retry stands for the command it repeats");
    default:
      return command.name satisfies never;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Failure && error.code === "busy";
}
