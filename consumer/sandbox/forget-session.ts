import type { Checkpoints } from "../stores/checkpoints.ts";
import type { Conversations } from "../stores/conversations.ts";

export interface ForgetSessionNeeds {
  checkpoints: Pick<Checkpoints, "remove">;
  conversations: Pick<Conversations, "forgetRuns">;
  now: () => number;
}

/** A session believes in what it has pushed: where that is taken back, the conversation's next run starts anew. */
export async function forgetSession(
  conversation: string,
  { checkpoints, conversations, now }: ForgetSessionNeeds,
): Promise<void> {
  await conversations.forgetRuns(conversation, now());
  await checkpoints.remove(conversation);
}
