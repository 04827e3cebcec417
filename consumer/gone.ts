import { Failure } from "../shared/failure.ts";

/** An answer for the asker's eyes only is not posted for everybody once its own address has expired. */
export function addressExpired(): Failure {
  return new Failure("address_expired", { reply: "Where the answer had to go has expired.", retry: false });
}

/** Somebody deleted the message that was to be changed. */
export function messageGone(cause?: unknown): Failure {
  return new Failure("message_gone", { reply: "The message is no longer there.", retry: false, cause });
}

/** `reason` is the platform's word for it. */
export function conversationGone(reason: string, cause: unknown): Failure {
  const reply = `Nothing can be said there any more (${reason}).`;
  return new Failure("conversation_gone", { reply, retry: false, cause });
}

/** Whether nothing will ever be heard there again. Any other refusal may be taken back: a token is renewed, bugbot is let in again. */
export function isGoneForGood(error: unknown): boolean {
  return error instanceof Failure && (error.code === "address_expired" || error.code === "conversation_gone");
}
