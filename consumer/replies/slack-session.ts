import type { WebClient } from "@slack/web-api";
import type { Command } from "../../shared/command.ts";
import { titleOf } from "../report/title.ts";
import { slackConversation } from "./slack-command.ts";
import { createFeature } from "./slack-feature.ts";

/**
 * Slack's own record of an agent at work in a thread, with a stop button of its own: https://docs.slack.dev/ai/agent-sessions.
 * Only apps that are declared as agents have it.
 */
export function createSession(client: WebClient) {
  const feature = createFeature();
  let isAtWork = false;
  /** Whether Slack says yes and does nothing. */
  let isEmpty = false;
  let setting: Promise<unknown> = Promise.resolve();

  /** One after the other, so that a late beginning cannot follow the end. */
  function set(command: Command, status: "processing" | "active"): Promise<boolean> {
    const done = setting.then(async () => {
      const { channelId, threadId } = slackConversation(command);
      if (threadId === undefined || isEmpty) return false;
      if (status === "processing" && isAtWork) return true;
      const title = [command.name, titleOf(command.report?.text ?? command.text)].filter(Boolean).join(": ");
      const answer = await feature(() =>
        client.agents.sessions.setStatus({ channel_id: channelId, thread_ts: threadId, status, title }),
      );
      const isSet = answer?.status === status || answer?.agent_status === status;
      isEmpty = answer !== undefined && !isSet;
      if (isSet) isAtWork = status === "processing";
      return isSet;
    });
    setting = done.catch(() => undefined);
    return done;
  }

  return {
    /** Whether the thread has a session now that shows bugbot at work. A beginning that fails is one thing less to see. */
    begin: (command: Command): Promise<boolean> => set(command, "processing").catch(() => false),
    /** Slack shows an agent at work until it is told otherwise. Throws what may pass. */
    end: async (command: Command): Promise<void> => void (await set(command, "active")),
  };
}
