import { type Method, SlackError, textOf } from "./arguments.ts";
import { channelOf, messageOf } from "./reading.ts";
import type { SlackWorkspace } from "./workspace.ts";

export interface AgentSession {
  status: string;
  title: string;
}

const statuses = new Set(["active", "processing", "suspended", "closed"]);

/** The sessions of an app that is declared as an agent, by channel and thread. https://docs.slack.dev/ai/agent-sessions */
export function createAgentSessions() {
  const sessions = new Map<string, AgentSession>();
  const keyOf = (channel: string, thread: string) => `${channel} ${thread}`;
  return {
    find: (channel: string, thread: string): AgentSession | undefined => sessions.get(keyOf(channel, thread)),
    /** A title counts only where the session is new. */
    set(channel: string, thread: string, status: string, title = ""): AgentSession {
      if (!statuses.has(status)) throw new SlackError("invalid_status");
      const session = { title, ...sessions.get(keyOf(channel, thread)), status };
      sessions.set(keyOf(channel, thread), session);
      return session;
    },
  };
}
export type AgentSessions = ReturnType<typeof createAgentSessions>;

export function createSessionMethods(workspace: SlackWorkspace, sessions: AgentSessions): Record<string, Method> {
  function threadOf(given: Record<string, unknown>): [channel: string, thread: string] {
    const channel = channelOf(workspace, { channel: given["channel_id"] });
    const { ts } = messageOf(workspace, channel, textOf(given, "thread_ts"), "thread_not_found");
    const title = textOf(given, "title") ?? "";
    if (title.length > 200) throw new SlackError("invalid_arguments");
    return [channel.id, ts];
  }

  return {
    "agents.sessions.setStatus": (given) => {
      const { status, title } = sessions.set(...threadOf(given), textOf(given, "status") ?? "", textOf(given, "title"));
      return { status, agent_status: status, title };
    },
    "agents.sessions.rename": (given) => {
      const session = sessions.find(...threadOf(given));
      const title = textOf(given, "title") ?? "";
      if (!session) throw new SlackError("session_not_found");
      if (title === "") throw new SlackError("invalid_arguments");
      session.title = title;
      return { title };
    },
  };
}
