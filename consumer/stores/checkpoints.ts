import { dayMs } from "../../shared/limits.ts";
import { stillWanted } from "../attempt.ts";
import { seal, unseal } from "./seal.ts";

export interface CheckpointsOptions {
  /** Without one nothing is kept, and nothing is found. */
  key: string | undefined;
  ttlDays: number;
  now: () => number;
}

/** What a conversation keeps between its runs, in R2: sealed, each for its own conversation, and for `ttlDays`. */
export function createCheckpoints(bucket: R2Bucket, { key, ttlDays, now }: CheckpointsOptions) {
  const nameOf = (conversation: string) => `conversations/${encodeURIComponent(conversation)}`;

  return {
    isOn: key !== undefined,

    /** Takes the place of the one before. Answers until when it is kept, in ms since the epoch. */
    async save(conversation: string, content: ArrayBuffer): Promise<number | null> {
      if (key === undefined) return null;
      const savedAt = now();
      const sealed = await seal(key, conversation, new Uint8Array(content), savedAt);
      stillWanted();
      await bucket.put(nameOf(conversation), sealed);
      return Math.ceil(savedAt + ttlDays * dayMs);
    },

    /** Undefined where there is none, it is too old, or it was not sealed with this key for this conversation. */
    async load(conversation: string): Promise<ArrayBuffer | undefined> {
      if (key === undefined) return undefined;
      const object = await bucket.get(nameOf(conversation));
      const sealed = object && new Uint8Array(await object.arrayBuffer());
      const opened = sealed && (await unseal(key, conversation, sealed));
      if (!opened || now() >= opened.sealedAt + ttlDays * dayMs) return undefined;
      return opened.content;
    },

    async remove(conversation: string): Promise<void> {
      stillWanted();
      await bucket.delete(nameOf(conversation));
    },
  };
}
export type Checkpoints = ReturnType<typeof createCheckpoints>;
