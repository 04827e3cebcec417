/** What pressing a button under one of bugbot's messages asks for. `ask` opens a form for what is missing. */
export const buttonActions = ["retry", "stop", "fix", "ask", "approve", "decline"] as const;
export type ButtonAction = (typeof buttonActions)[number];

export interface Button {
  action: ButtonAction;
  /** The command it is about. */
  commandId: string;
  /** The plan that is approved or declined: the first digits of its hash. */
  plan?: string;
}

/** The id a button has on its platform: Slack's `action_id`, Discord's `custom_id` (100 characters at most). */
export function buttonId({ action, commandId, plan }: Button): string {
  return `bugbot:${action}:${commandId}${plan === undefined ? "" : `:${plan}`}`;
}

/** The button an id stands for, where it is one of ours. */
export function parseButtonId(id: string): Button | undefined {
  const [, name, commandId, plan] =
    /^bugbot:(\w+):([A-Za-z0-9][A-Za-z0-9_-]{0,99})(?::([0-9a-f]{8,64}))?$/.exec(id) ?? [];
  const action = buttonActions.find((known) => known === name);
  if (!action || !commandId) return undefined;
  const isPlanned = action === "approve" || action === "decline";
  if (isPlanned !== (plan !== undefined)) return undefined;
  return { action, commandId, ...(plan !== undefined && { plan }) };
}
