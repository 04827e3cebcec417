import type { Command } from "../../shared/command.ts";
import { describeError, type Log } from "../../shared/log.ts";
import type { Take, Taken } from "../take.ts";

export interface DeliverNeeds {
  take: Take;
  /** The first visible sign; nothing depends on it. */
  acknowledge: (command: Command) => Promise<void>;
  /** How long the queue may take. */
  enqueueMs: number;
  log: Log;
}

/** Puts a command on the queue, then gives its message the first sign. Tells whether it is dealt with; never throws. */
export function createDeliver({ take, acknowledge, enqueueMs, log }: DeliverNeeds) {
  return async (given: Command): Promise<{ kind: "enqueued" | "refused" }> => {
    const { id: commandId } = given;
    let taken: Taken;
    try {
      taken = await within(enqueueMs, take(given));
    } catch (error) {
      log("mention_refused", { commandId, ...describeError(error) });
      return { kind: "refused" };
    }
    if (taken.kind === "too_large") log("mention_refused", { commandId, error: "larger than a message on the queue" });
    if (taken.kind !== "enqueued") return { kind: "enqueued" };
    log("command_enqueued", { commandId });
    acknowledge(taken.command).catch((error: unknown) =>
      log("acknowledge_failed", { commandId, ...describeError(error) }),
    );
    return { kind: "enqueued" };
  };
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("the queue did not answer")), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer ?? null);
  }
}
