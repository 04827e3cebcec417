import type { Failure } from "../../shared/failure.ts";
import type { Replies, Reply } from "./reply.ts";

/** A chat that keeps what is said in it; with a `refusal` it takes nothing. */
export function testReplies(refusal?: Failure) {
  const said: (Reply & { id: string })[] = [];
  const marks: string[] = [];
  const say = (id: string, reply: Reply) => {
    if (refusal) throw refusal;
    const at = said.findIndex((one) => one.id === id);
    said.splice(at < 0 ? said.length : at, 1, { id, ...reply });
  };
  const replies: Replies = {
    open: async ({ conversation }) => conversation,
    post: async ({ id }, reply) => {
      say(id, reply);
      return id;
    },
    edit: async (_command, messageId, reply) => {
      say(messageId, reply);
      return messageId;
    },
    mark: async (_command, mark) => void marks.push(mark),
    threadLink: async () => undefined,
    earlier: async () => [],
  };
  return { replies, said, marks };
}
