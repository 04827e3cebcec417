import { type Conversation, threadKey } from "../../shared/conversation.ts";
import type { Entries } from "./forgive-kv.ts";

/** Thread → Linear issue id, in `BUGBOT_KV`: an index anyone may read; D1 is the truth. */
export function createThreadIssues(kv: Entries) {
  return {
    find: (conversation: Conversation): Promise<string | null> => kv.get(threadKey(conversation)),
    save: (conversation: Conversation, issueId: string): Promise<void> => kv.put(threadKey(conversation), issueId),
  };
}
export type ThreadIssues = ReturnType<typeof createThreadIssues>;
