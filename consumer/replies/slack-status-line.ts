import { maxStatusLineLength, statusLineTimeoutMs } from "../../shared/limits.ts";
import { createSlackClient, type SlackOptions } from "./slack-client.ts";
import { createFeature } from "./slack-feature.ts";
import { cutSlack } from "./slack-rich-text.ts";

interface Thread {
  channel: string;
  ts: string;
}

/**
 * What bugbot is doing, as Slack animates it under a thread: https://docs.slack.dev/reference/methods/assistant.threads.setStatus.
 * Workspaces without it answer so, and are not asked again. It never throws, and nothing waits for it but `clear`.
 */
export function createStatusLine(options: SlackOptions) {
  const client = createSlackClient(options, statusLineTimeoutMs);
  const feature = createFeature();
  let wanted: { thread: Thread; words: string } | undefined;
  let sending: Promise<void> | undefined;

  /** One after the other, so that an old status cannot follow a new one; what was overtaken on the way is left out. */
  function set(thread: Thread, words: string): Promise<void> {
    wanted = { thread, words };
    return (sending ??= sendAll());
  }

  async function sendAll(): Promise<void> {
    for (let next = wanted; next; next = wanted) {
      wanted = undefined;
      await send(next.thread, next.words);
    }
    sending = undefined;
  }

  async function send({ channel, ts }: Thread, words: string): Promise<void> {
    const line = cutSlack(words, maxStatusLineLength);
    const status = line === "" ? "" : `is ${line}…`;
    const request = () =>
      client.assistant.threads.setStatus({
        channel_id: channel,
        thread_ts: ts,
        status,
        // Slack would show phrases of its own.
        ...(status !== "" && { loading_messages: [status] }),
      });
    await feature(request).catch(() => undefined);
  }

  return {
    show: (thread: Thread, words: string): void => void set(thread, words),
    clear: (thread: Thread): Promise<void> => set(thread, ""),
  };
}
