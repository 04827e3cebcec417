/** What Slack posts when a person does something, in the shapes it was recorded in; for tests. https://docs.slack.dev/reference/interaction-payloads */

const team = { id: "T1", domain: "acme" };
const user = { id: "U1", username: "ann", name: "ann", team_id: "T1" };
const triggerId = "5522672900359.6335258913941.9a930ce2f1";
const common = { team, user, api_app_id: "A1", token: "t", enterprise: null, is_enterprise_install: false };

export const slashCommand = {
  token: "t",
  team_id: "T1",
  team_domain: "acme",
  channel_id: "C1",
  channel_name: "bugs",
  user_id: "U1",
  user_name: "ann",
  command: "/bugbot",
  text: "fix https://github.com/acme/shop BUG-12",
  api_app_id: "A1",
  is_enterprise_install: "false",
  response_url: "https://hooks.slack.com/commands/T1/1/x",
  trigger_id: triggerId,
};

export function button(actionId: string, on: { isEphemeral?: boolean; threadTs?: string } = {}) {
  const { isEphemeral = false, threadTs } = on;
  const thread = threadTs !== undefined && { thread_ts: threadTs };
  return {
    type: "block_actions",
    ...common,
    container: { type: "message", message_ts: "10.2", channel_id: "C1", is_ephemeral: isEphemeral, ...thread },
    trigger_id: triggerId,
    channel: { id: "C1", name: "bugs" },
    ...(!isEphemeral && {
      message: {
        type: "message",
        user: "UBOT",
        bot_id: "B1",
        app_id: "A1",
        ts: "10.2",
        text: "Done",
        team: "T1",
        ...thread,
      },
    }),
    state: { values: {} },
    response_url: "https://hooks.slack.com/actions/T1/1/x",
    actions: [
      {
        action_id: actionId,
        block_id: "b1",
        text: { type: "plain_text", text: "Retry", emoji: true },
        value: "slack-Ev1",
        type: "button",
        action_ts: "1790000001.5",
      },
    ],
  };
}

export const shortcut = {
  type: "message_action",
  ...common,
  action_ts: "1790000001.5",
  channel: { id: "C1", name: "bugs" },
  callback_id: "fix_with_bugbot",
  trigger_id: triggerId,
  response_url: "https://hooks.slack.com/app/T1/1/x",
  message_ts: "10.2",
  message: { type: "message", user: "U2", ts: "10.2", text: "<https://github.com/acme/shop|shop> is down", team: "T1" },
};

export function submission(repository: string | null, metadata: string) {
  return {
    type: "view_submission",
    ...common,
    trigger_id: triggerId,
    view: {
      id: "V1",
      team_id: "T1",
      type: "modal",
      title: { type: "plain_text", text: "Which repository?", emoji: true },
      blocks: [],
      private_metadata: metadata,
      callback_id: "bugbot_repository",
      state: { values: { repository: { repository: { type: "plain_text_input", value: repository } } } },
      hash: "1790000001.h",
      clear_on_close: false,
      notify_on_close: false,
      previous_view_id: null,
      root_view_id: "V1",
      app_id: "A1",
      external_id: "",
      app_installed_team_id: "T1",
      bot_id: "B1",
    },
  };
}

/** A form's body. */
export function form(fields: Record<string, string>): string {
  return new URLSearchParams(fields).toString();
}

/** The body of an interaction. */
export function interaction(payload: object): string {
  return form({ payload: JSON.stringify(payload) });
}
