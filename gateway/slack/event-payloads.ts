/** The events Slack posts, in the shapes they were recorded in; for tests. https://docs.slack.dev/apis/events-api */

function envelope(event: object) {
  return {
    token: "t",
    team_id: "T1",
    context_team_id: "T1",
    context_enterprise_id: null,
    api_app_id: "A1",
    event,
    type: "event_callback",
    event_id: "Ev1",
    event_time: 1_790_000_000,
    authorizations: [
      { enterprise_id: null, team_id: "T1", user_id: "UBOT", is_bot: true, is_enterprise_install: false },
    ],
    is_ext_shared_channel: false,
    event_context: "4-abc",
  };
}

const elements = [{ type: "rich_text_section", elements: [{ type: "user", user_id: "UBOT" }] }];
const written = {
  user: "U1",
  ts: "10.1",
  client_msg_id: "c7a3",
  team: "T1",
  blocks: [{ type: "rich_text", block_id: "b1", elements }],
  channel: "C1",
  event_ts: "10.1",
};

export const events = {
  mention: envelope({ type: "app_mention", text: "<@UBOT> fix <https://github.com/acme/shop> BUG-12", ...written }),
  reply: envelope({
    type: "message",
    subtype: "thread_broadcast",
    text: "fix it",
    ...written,
    thread_ts: "9.9",
    parent_user_id: "U2",
    channel: "D1",
    channel_type: "im",
  }),
  cross: envelope({
    type: "reaction_added",
    user: "U1",
    item: { type: "message", channel: "C1", ts: "10.2" },
    reaction: "x",
    item_user: "UBOT",
    event_ts: "10.3",
  }),
  stopped: envelope({
    type: "agent_session_stopped",
    channel: "C1",
    thread_ts: "9.9",
    streaming_message_ts: ["10.2"],
    user: "U1",
    event_ts: "10.4",
  }),
  handshake: { token: "t", challenge: "abc", type: "url_verification" },
};
