import { randomUUID } from "node:crypto";
import * as z from "zod";
import { type Method, SlackError, structureOf, textOf } from "./arguments.ts";
import type { SlackWorkspace } from "./workspace.ts";

/** https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses */
const triggerLifeMs = 3_000;

const plainText = z.strictObject({
  type: z.literal("plain_text"),
  text: z.string().min(1),
  emoji: z.boolean().optional(),
});
const inputElement = z.looseObject({ type: z.string(), action_id: z.string().min(1).max(255) });
const viewBlock = z.looseObject({
  type: z.string(),
  block_id: z.string().max(255).optional(),
  element: inputElement.optional(),
});

/** https://docs.slack.dev/reference/views/modal-views */
const modalSchema = z
  .strictObject({
    type: z.literal("modal"),
    title: plainText.extend({ text: z.string().min(1).max(24) }),
    blocks: z.array(viewBlock).max(100),
    submit: plainText.extend({ text: z.string().min(1).max(24) }).optional(),
    close: plainText.extend({ text: z.string().min(1).max(24) }).optional(),
    private_metadata: z.string().max(3000).default(""),
    callback_id: z.string().max(255).default(""),
    external_id: z.string().max(255).default(""),
    clear_on_close: z.boolean().default(false),
    notify_on_close: z.boolean().default(false),
  })
  .refine(({ blocks, submit }) => submit !== undefined || blocks.every(({ type }) => type !== "input"));

export interface SlackView extends z.infer<typeof modalSchema> {
  id: string;
  hash: string;
  /** Who looks at it. */
  user: string;
}

/** What a person's click lets the app do, once and soon. */
export interface Trigger {
  user: string;
  /** Milliseconds since the epoch. */
  at: number;
  exchanged: boolean;
}

/** Opens forms. */
export function createViewMethods(workspace: SlackWorkspace): Record<string, Method> {
  return {
    "views.open": (given) => {
      const triggerId = textOf(given, "trigger_id") ?? "";
      const trigger = workspace.triggers.get(triggerId);
      if (triggerId === "" || (!trigger && !workspace.acceptUnknownThreads)) throw new SlackError("invalid_arguments");
      if (trigger?.exchanged) throw new SlackError("exchanged_trigger_id");
      if (trigger && Date.now() - trigger.at > triggerLifeMs) throw new SlackError("expired_trigger_id");
      const modal = structureOf(given, "view", modalSchema, "invalid_arguments");
      if (!modal) throw new SlackError("invalid_arguments");
      workspace.triggers.set(triggerId, { at: Date.now(), user: "U0ALICE", ...trigger, exchanged: true });
      const id = `V${randomUUID().slice(0, 8).toUpperCase()}`;
      const blocks = modal.blocks.map((block, at) => ({ ...block, block_id: block.block_id ?? `b${at}` }));
      const view = { ...modal, blocks, id, hash: `${workspace.nextTs()}.h`, user: trigger?.user ?? "U0ALICE" };
      workspace.views.push(view);
      return { view: shownView(view, workspace) };
    },
  };
}

/** A form as Slack tells of it, with what was filled in. */
export function shownView(opened: SlackView, workspace: SlackWorkspace, values: object = {}) {
  const { user: _user, ...view } = opened;
  return {
    ...view,
    team_id: workspace.teamId,
    state: { values },
    root_view_id: view.id,
    previous_view_id: null,
    app_id: workspace.appId,
    app_installed_team_id: workspace.teamId,
    bot_id: workspace.botId,
  };
}
