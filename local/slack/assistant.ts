import { type Method, SlackError, textOf } from "./arguments.ts";
import { channelOf, messageOf } from "./reading.ts";
import type { SlackWorkspace } from "./workspace.ts";

/** What an app with Slack's agent feature may do more. https://docs.slack.dev/reference/methods/assistant.threads.setStatus */
export function createAssistantMethods(workspace: SlackWorkspace): Record<string, Method> {
  return {
    "assistant.threads.setStatus": (given) => {
      const status = textOf(given, "status");
      if (status === undefined) throw new SlackError("invalid_arguments");
      const channel = channelOf(workspace, { channel: given["channel_id"] });
      const { ts } = messageOf(workspace, channel, textOf(given, "thread_ts"), "thread_not_found");
      if (status === "") workspace.statusLines.delete(`${channel.id} ${ts}`);
      else workspace.statusLines.set(`${channel.id} ${ts}`, status);
      return {};
    },
  };
}
