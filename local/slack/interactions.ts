import { randomUUID } from "node:crypto";
import * as z from "zod";
import { shownMessage } from "./reading.ts";
import { addResponseUrl } from "./response-url.ts";
import type { Send, SignedRequest } from "./sign.ts";
import { type SlackView, shownView } from "./views.ts";
import { locate, type SlackWorkspace } from "./workspace.ts";

export interface PersonDoes {
  /** Default "U0ALICE". */
  user?: string;
  /** The same id again is Slack delivering the same interaction again. */
  triggerId?: string;
}

const buttonSchema = z.looseObject({
  type: z.literal("button"),
  action_id: z.string(),
  text: z.object({ type: z.string(), text: z.string() }),
});
const blockSchema = z.object({
  block_id: z.string().default("b1"),
  elements: z.array(z.unknown()).default([]),
  accessory: z.unknown().optional(),
});

/** What a person does besides writing, as the signed form Slack would send. `origin` is where its response URLs lead. */
export function createInteractor(workspace: SlackWorkspace, send: Send, origin: string) {
  const { teamId, domain, appId, users } = workspace;
  const team = { id: teamId, domain };
  const token = "deprecated-verification-token";

  function newTriggerId(): string {
    const numbers = `${Date.now()}.${workspace.triggers.size}`;
    return `${numbers}.${randomUUID().replaceAll("-", "")}`;
  }

  function interact(triggerId: string, user: string, payload: () => object): SignedRequest {
    if (!workspace.triggers.has(triggerId))
      workspace.triggers.set(triggerId, { user, at: Date.now(), exchanged: false });
    const name = nameOf(user);
    const common = { team, user: { id: user, username: name, name, team_id: teamId }, token, trigger_id: triggerId };
    const rest = { enterprise: null, is_enterprise_install: false };
    return send("/slack/interactions", triggerId, () =>
      new URLSearchParams({ payload: JSON.stringify({ ...common, ...rest, ...payload() }) }).toString(),
    );
  }

  function nameOf(user: string): string {
    return users.get(user)?.name ?? user.toLowerCase();
  }

  return {
    /** `/bugbot <text>`. */
    slashCommand: (text: string, does: PersonDoes & { command?: string; channel?: string } = {}): SignedRequest => {
      const { user = "U0ALICE", triggerId = newTriggerId(), command = "/bugbot", channel: id = "C0BUGS" } = does;
      const channel = workspace.addChannel(id, "bugs");
      return send("/slack/commands", triggerId, () => {
        workspace.triggers.set(triggerId, { user, at: Date.now(), exchanged: false });
        return new URLSearchParams({
          token,
          team_id: teamId,
          team_domain: domain,
          channel_id: id,
          channel_name: channel.isIm ? "directmessage" : channel.name,
          user_id: user,
          user_name: nameOf(user),
          command,
          text,
          api_app_id: appId,
          is_enterprise_install: "false",
          response_url: `${origin}${addResponseUrl(workspace, "commands", { user, channel: id })}`,
          trigger_id: triggerId,
        }).toString();
      });
    },

    /** `button` is its label or its `action_id`. */
    pressButton: (button: string, { ts }: { ts: string }, does: PersonDoes = {}): SignedRequest => {
      const { user = "U0ALICE", triggerId = newTriggerId() } = does;
      const { channel, message } = locate(workspace, ts);
      const blocks = (message.blocks ?? []).map((block) => blockSchema.parse(block));
      const pressable = blocks.flatMap(({ block_id: blockId, elements, accessory }) =>
        [...elements, accessory].map((element) => ({ blockId, button: buttonSchema.safeParse(element).data })),
      );
      const found = pressable.find(({ button: one }) => one?.action_id === button || one?.text.text === button);
      if (!found?.button) throw new Error(`no button ${button} under ${ts}`);
      const pressed = { ...found.button, block_id: found.blockId, action_ts: workspace.nextTs() };
      const thread = message.threadTs && { thread_ts: message.threadTs };
      const isEphemeral = message.ephemeralTo !== undefined;
      return interact(triggerId, user, () => ({
        type: "block_actions",
        api_app_id: appId,
        container: { type: "message", message_ts: ts, channel_id: channel.id, is_ephemeral: isEphemeral, ...thread },
        channel: { id: channel.id, name: channel.isIm ? "directmessage" : channel.name },
        ...(!isEphemeral && { message: shownMessage(message, channel, workspace) }),
        state: { values: {} },
        response_url: `${origin}${addResponseUrl(workspace, "actions", { user, channel: channel.id, messageTs: ts })}`,
        actions: [pressed],
      }));
    },

    /** A shortcut in a message's menu. */
    shortcut: (callbackId: string, { ts }: { ts: string }, does: PersonDoes = {}): SignedRequest => {
      const { user = "U0ALICE", triggerId = newTriggerId() } = does;
      const { channel, message } = locate(workspace, ts);
      return interact(triggerId, user, () => ({
        type: "message_action",
        action_ts: workspace.nextTs(),
        channel: { id: channel.id, name: channel.isIm ? "directmessage" : channel.name },
        callback_id: callbackId,
        response_url: `${origin}${addResponseUrl(workspace, "app", { user, channel: channel.id })}`,
        message_ts: ts,
        message: shownMessage(message, channel, workspace),
      }));
    },

    /** `values` are what is written in each block, by its `block_id`. */
    submitView: (view: SlackView, values: Record<string, string>, does: PersonDoes = {}): SignedRequest => {
      const { user = view.user, triggerId = newTriggerId() } = does;
      const inputs = view.blocks.flatMap(({ block_id: blockId = "", element }) =>
        element ? [[blockId, { [element.action_id]: { type: element.type, value: values[blockId] ?? null } }]] : [],
      );
      const state: object = Object.fromEntries(inputs);
      return interact(triggerId, user, () => ({
        type: "view_submission",
        api_app_id: appId,
        view: shownView(view, workspace, state),
      }));
    },
  };
}
