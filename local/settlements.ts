import * as z from "zod";

const settledSchema = z.object({
  event: z.literal("command_settled"),
  commandId: z.string(),
  outcome: z.string(),
  costUsd: z.number().optional(),
});
export type Settlement = z.infer<typeof settledSchema>;

/** Hears from the consumer's log which commands have had their last word. */
export function createSettlements() {
  const settled = new Map<string, Settlement>();
  const waiting = new Set<() => void>();

  return {
    onLog: (line: string): void => {
      const parsed = settledSchema.safeParse(parseJson(line));
      if (!parsed.success) return;
      settled.set(parsed.data.commandId, parsed.data);
      for (const look of waiting) look();
    },

    count: () => settled.size,

    /** The first to end after `count` have. Throws after `timeoutMs`. */
    after: (count: number, timeoutMs: number): Promise<Settlement> =>
      wait(() => [...settled.values()][count], "nothing", timeoutMs),

    /** How this command ended, once it has. Throws after `timeoutMs`. */
    of: (commandId: string, timeoutMs: number): Promise<Settlement> =>
      wait(() => settled.get(commandId), commandId, timeoutMs),
  };

  async function wait(find: () => Settlement | undefined, what: string, timeoutMs: number): Promise<Settlement> {
    const { promise, resolve, reject } = Promise.withResolvers<Settlement>();
    const look = () => {
      const found = find();
      if (found) resolve(found);
    };
    const late = () => reject(new Error(`${what} had no last word within ${timeoutMs / 1000} s`));
    const timer = setTimeout(late, timeoutMs);
    waiting.add(look);
    look();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      waiting.delete(look);
    }
  }
}

function parseJson(line: string): unknown {
  try {
    const json: unknown = JSON.parse(line);
    return json;
  } catch {
    return undefined;
  }
}
