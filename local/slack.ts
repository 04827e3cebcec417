import * as z from "zod";
import { type Method, SlackError } from "./slack/arguments.ts";
import { createPerson } from "./slack/events.ts";
import { createReadingMethods } from "./slack/reading.ts";
import { type SlackMessage, createWorkspace, visibleMessages } from "./slack/workspace.ts";
import { createWritingMethods } from "./slack/writing.ts";
import { type RecordedRequest, startStandIn } from "./stand-in.ts";

export interface SlackOptions {
  botToken: string;
  signingSecret: string;
  teamId?: string;
  botUserId?: string;
  /** Take threads and channels it has never seen to exist, for events that come from curl. Default false. */
  acceptUnknownThreads?: boolean;
}

/** One message of a thread as a person sees it. */
export interface SeenMessage {
  ts: string;
  author: string;
  text: string;
  /** ":eyes:", once per person who reacted. */
  reactions: string[];
  buttons: string[];
  edits: number;
}

const argumentsSchema = z.record(z.string(), z.unknown());

/** A local stand-in for Slack: its Web API and the person who writes to the bot. https://docs.slack.dev */
export async function createSlack(options: SlackOptions) {
  const { botToken, signingSecret, teamId = "T0ACME", botUserId = "U0BUGBOT", acceptUnknownThreads = false } = options;
  const bot = { id: botUserId, name: "bugbot", realName: "bugbot", isBot: true };
  const workspace = createWorkspace({
    teamId,
    domain: "acme",
    appId: "A0BUGBOT",
    botId: "B0BUGBOT",
    bot,
    acceptUnknownThreads,
  });
  const methods: Map<string, Method> = new Map(
    Object.entries({ ...createReadingMethods(workspace), ...createWritingMethods(workspace) }),
  );

  function answer(_request: Request, { operation, headers, path, body }: RecordedRequest): Response {
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
      return Response.json({ ok: true, ...method(given) });
    } catch (error) {
      if (error instanceof SlackError) return refuse(error.message);
      throw error;
    }
  }

  const { origin, ...standIn } = await startStandIn({
    answer,
    operation: ({ path }) => new URL(path, "http://slack").pathname.replace(/^\/api\//, ""),
  });

  function seen(message: SlackMessage): SeenMessage {
    const { blocks = [], text, ts, user, edits } = message;
    const parts = blocks.map(readBlock);
    const words = parts.map((part) => part.text).filter((part) => part !== "");
    return {
      ts,
      author: workspace.users.get(user)?.name ?? user,
      text: words.length > 0 ? words.join("\n") : text,
      reactions: message.reactions.flatMap(({ name, users }) => users.map(() => `:${name}:`)),
      buttons: parts.flatMap((part) => part.buttons),
      edits: edits.length,
    };
  }

  return {
    ...standIn,
    ...createPerson(workspace, signingSecret),
    /** For `SLACK_API_URL` and WebClient's `slackApiUrl`. */
    url: `${origin}/api/`,
    workspace,
    /** The thread as everyone in the channel sees it, its first message first. */
    thread: (channel: string, ts: string): SeenMessage[] => {
      const found = workspace.channels.get(channel);
      return found ? visibleMessages(found, ts).map(seen) : [];
    },
  };
}
export type Slack = Awaited<ReturnType<typeof createSlack>>;

function refuse(error: string): Response {
  return Response.json({ ok: false, error });
}

const textObject = z.object({ text: z.string() });
const blockSchema = z.object({
  text: z.union([z.string(), textObject]).optional(),
  fields: z.array(textObject).optional(),
  accessory: z.object({ type: z.string(), text: textObject.optional() }).optional(),
  elements: z.array(z.object({ type: z.string(), text: z.union([z.string(), textObject]).optional() })).optional(),
});

/** What of a Block Kit block is words, and what is a button. */
function readBlock(block: unknown): { text: string; buttons: string[] } {
  const { text, fields = [], elements = [], accessory } = blockSchema.safeParse(block).data ?? {};
  const wordsOf = (value: string | { text: string } | undefined) => (typeof value === "object" ? value.text : value);
  const pressable = [...elements, ...(accessory ? [accessory] : [])];
  const quiet = elements.filter(({ type }) => type !== "button").map((element) => wordsOf(element.text));
  const words = [wordsOf(text), ...fields.map(wordsOf), ...quiet].filter((part) => part !== undefined);
  const buttons = pressable.filter(({ type }) => type === "button").map((button) => wordsOf(button.text) ?? "");
  return { text: words.join(" "), buttons };
}
