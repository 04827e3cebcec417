import type { Command } from "../../shared/command.ts";
import { describeError, type Log } from "../../shared/log.ts";

export interface DeliverNeeds {
  enqueue: (command: Command) => Promise<unknown>;
  /** The first visible sign; nothing depends on it. */
  acknowledge: (command: Command) => Promise<void>;
  /** How long the queue may take. */
  enqueueMs: number;
  log: Log;
}

/** Puts a command on the queue, then gives its message the first sign. Tells whether the queue has it; never throws. */
export function createDeliver({ enqueue, acknowledge, enqueueMs, log }: DeliverNeeds) {
  return async (command: Command): Promise<{ kind: "enqueued" | "refused" }> => {
    const { id: commandId } = command;
    try {
      await within(enqueueMs, enqueue(command));
    } catch (error) {
      log("mention_refused", { commandId, ...describeError(error) });
      return { kind: "refused" };
    }
    log("command_enqueued", { commandId });
    acknowledge(command).catch((error: unknown) => log("acknowledge_failed", { commandId, ...describeError(error) }));
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
