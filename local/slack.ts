import * as z from "zod";
import { type Method, SlackError } from "./slack/arguments.ts";
import { createAssistantMethods } from "./slack/assistant.ts";
import { createPerson } from "./slack/events.ts";
import { createFileMethods, upload } from "./slack/files.ts";
import { createInteractor } from "./slack/interactions.ts";
import { createReadingMethods } from "./slack/reading.ts";
import { slackScopes } from "../shared/slack-scopes.ts";
import { answerAtResponseUrl, isResponseUrl } from "./slack/response-url.ts";
import { type SeenMessage, seenMessage } from "./slack/seen.ts";
import { type AgentSession, createAgentSessions, createSessionMethods } from "./slack/sessions.ts";
import { createStreamMethods } from "./slack/streams.ts";
import { createViewMethods } from "./slack/views.ts";
import { createWorkspace, visibleMessages } from "./slack/workspace.ts";
import { createWritingMethods } from "./slack/writing.ts";
import { type RecordedRequest, startStandIn } from "./stand-in.ts";

export interface SlackOptions {
  botToken: string;
  signingSecret: string;
  teamId?: string;
  botUserId?: string;
  /** Take threads, channels and clicks it has never seen to exist, for events that come from curl. Default false. */
  acceptUnknownThreads?: boolean;
  /** Whether Slack has its status line for apps: `assistant.threads.setStatus` is an unknown method otherwise. Default false. */
  assistant?: boolean;
  /** Whether the app is declared as an agent: sessions and streams are unknown methods otherwise. Default false. */
  agent?: boolean;
}

export type { SeenMessage };

const argumentsSchema = z.record(z.string(), z.unknown());

/** A local stand-in for Slack: its Web API, its response URLs, and the person who writes to the bot. https://docs.slack.dev */
export async function createSlack(options: SlackOptions) {
  const { botToken, signingSecret, teamId = "T0ACME", botUserId = "U0BUGBOT" } = options;
  const { acceptUnknownThreads = false, assistant = false, agent = false } = options;
  const bot = { id: botUserId, name: "bugbot", realName: "bugbot", isBot: true };
  const workspace = createWorkspace({
    teamId,
    domain: "acme",
    appId: "A0BUGBOT",
    botId: "B0BUGBOT",
    bot,
    acceptUnknownThreads,
  });
  const sessions = createAgentSessions();
  const scopes: string[] = [...slackScopes];
  const methods: Map<string, Method> = new Map(
    Object.entries({
      ...createReadingMethods(workspace),
      ...createWritingMethods(workspace),
      ...createViewMethods(workspace),
      ...createFileMethods(workspace, () => origin),
      ...(assistant && createAssistantMethods(workspace)),
      ...(agent && createSessionMethods(workspace, sessions)),
      ...(agent && createStreamMethods(workspace, sessions)),
    }),
  );

  function answer(request: Request, { operation, headers, path, body }: RecordedRequest): Promise<Response> | Response {
    if (operation === "response_url") return answerAtResponseUrl(workspace, path, body);
    if (operation === "upload") return upload(workspace, path, request);
    const query = Object.fromEntries(new URL(path, "http://slack").searchParams);
    const given = { ...query, ...argumentsSchema.safeParse(body).data };
    const token = headers["authorization"]?.replace(/^Bearer /, "") ?? given["token"];
    const method = methods.get(operation);
    if (!method) return refuse("unknown_method");
    if (token === undefined || token === "") return refuse("not_authed");
    if (token !== botToken) return refuse("invalid_auth");
    if (typeof body === "string")
      return refuse(headers["content-type"]?.includes("json") ? "invalid_json" : "invalid_form_data");
    try {
      return Response.json(
        { ok: true, ...method(given) },
        { headers: scopes.length > 0 ? { "x-oauth-scopes": scopes.join(",") } : {} },
      );
    } catch (error) {
      if (error instanceof SlackError) return refuse(error.message);
      throw error;
    }
  }

  const { origin, ...standIn } = await startStandIn({ answer, operation: ({ path }) => operationOf(path) });
  const { send, ...person } = createPerson(workspace, signingSecret);

  return {
    ...standIn,
    ...person,
    ...createInteractor(workspace, send, origin),
    /** For `SLACK_API_URL` and WebClient's `slackApiUrl`. */
    url: `${origin}/api/`,
    workspace,
    /** May be changed: what the bot's token was allowed, from now on. Without any it is not said. */
    scopes,
    /** The thread as everyone in the channel sees it, its first message first. */
    thread: (channel: string, ts: string): SeenMessage[] => {
      const found = workspace.channels.get(channel);
      return found ? visibleMessages(found, ts).map((message) => seenMessage(message, workspace)) : [];
    },
    /** The channel's messages outside threads, as everyone in it sees them. */
    channel: (channel: string): SeenMessage[] => {
      const found = workspace.channels.get(channel);
      return found ? visibleMessages(found).map((message) => seenMessage(message, workspace)) : [];
    },
    /** Somebody who may deletes a message of the bot's. */
    remove(channel: string, ts: string): void {
      const messages = workspace.channels.get(channel)?.messages ?? [];
      const at = messages.findIndex((message) => message.ts === ts);
      if (at >= 0) messages.splice(at, 1);
    },
    /** What the bot is doing in that thread, as it is shown below its name. */
    statusLine: (channel: string, ts: string): string | undefined => workspace.statusLines.get(`${channel} ${ts}`),
    /** What Slack shows of the agent in that thread. */
    session: (channel: string, ts: string): AgentSession | undefined => sessions.find(channel, ts),
    /** Slack ends a stream by itself after five minutes. */
    endStreams(): void {
      const messages = [...workspace.channels.values()].flatMap((channel) => channel.messages);
      for (const { stream } of messages) if (stream) stream.isOpen = false;
    },
    /** What only this person sees in the channel. */
    whispers: (channel: string, user = "U0ALICE"): SeenMessage[] => {
      const messages = workspace.channels.get(channel)?.messages ?? [];
      const theirs = messages.filter(({ ephemeralTo }) => ephemeralTo === user);
      return theirs.map((message) => seenMessage(message, workspace));
    },
  };
}
export type Slack = Awaited<ReturnType<typeof createSlack>>;

function operationOf(path: string): string {
  if (isResponseUrl(path)) return "response_url";
  if (path.startsWith("/upload/")) return "upload";
  return new URL(path, "http://slack").pathname.replace(/^\/api\//, "");
}

function refuse(error: string): Response {
  return Response.json({ ok: false, error });
}
