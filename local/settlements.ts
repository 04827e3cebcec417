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

    /** How this command ended, once it has. Throws after `timeoutMs`. */
    async of(commandId: string, timeoutMs: number): Promise<Settlement> {
      const { promise, resolve, reject } = Promise.withResolvers<Settlement>();
      const look = () => {
        const found = settled.get(commandId);
        if (found) resolve(found);
      };
      const timer = setTimeout(
        () => reject(new Error(`${commandId} had no last word within ${timeoutMs / 1000} s`)),
        timeoutMs,
      );
      waiting.add(look);
      look();
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
        waiting.delete(look);
      }
    },
  };
}

function parseJson(line: string): unknown {
  try {
    const json: unknown = JSON.parse(line);
    return json;
  } catch {
    return undefined;
  }
}
