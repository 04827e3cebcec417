import type { Inbox } from "./ask-claude.ts";

/** Keeps what is said before the agent listens; `put` answers false once it listens no more. */
export function createInbox(): Inbox & { put: (text: string) => boolean } {
  const waiting: string[] = [];
  let deliver: ((text: string) => void) | undefined;
  let isClosed = false;
  return {
    put: (text) => {
      if (isClosed) return false;
      if (deliver) deliver(text);
      else waiting.push(text);
      return true;
    },
    open: (listener) => {
      deliver = listener;
      for (const text of waiting.splice(0)) listener(text);
    },
    close: () => {
      isClosed = true;
    },
  };
}
