import type { Inbox } from "./ask-claude.ts";

/** Keeps what is said before the agent listens; `put` answers false once it listens no more. */
export function createInbox(): Inbox & { put: (text: string, id?: string) => boolean } {
  const waiting: string[] = [];
  const heard = new Set<string>();
  let deliver: ((text: string) => void) | undefined;
  let isClosed = false;
  return {
    put: (text, id) => {
      if (id !== undefined && heard.has(id)) return true;
      if (isClosed) return false;
      if (id !== undefined) heard.add(id);
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
