import * as z from "zod";
import type { Discord } from "../discord.ts";
import type { Answer, ApiClient } from "./api-client.ts";

const idOf = (answer: Answer) => z.object({ id: z.string() }).parse(answer.body).id;

const option = (type: number, name: string) => ({ type, name, description: "What it is" });
const command = {
  name: "bugbot",
  description: "Fix bugs",
  options: [{ ...option(1, "fix"), options: [option(3, "text"), { ...option(3, "issue"), autocomplete: true }] }],
};
const button = { type: 2, style: 2, label: "Retry", custom_id: "retry" };
const full = {
  content: "See <@1100000000000000021>",
  embeds: [
    {
      title: "BUG-12",
      description: "The cart is empty",
      url: "https://linear.app/x",
      color: 5,
      timestamp: "2026-01-01T00:00:00Z",
      fields: [{ name: "State", value: "Todo" }],
      author: { name: "Linear" },
      footer: { text: "bugbot" },
      image: null,
    },
  ],
  components: [{ type: 1, components: [button, { type: 2, style: 5, label: "Open", url: "https://example.com" }] }],
};

/** Every operation there is, asked for once with success and in the ways it is refused. */
export async function tourApi(discord: Discord, call: ApiClient): Promise<Answer[]> {
  const { applicationId, channelId, guildId } = discord;
  const said = discord.say("the cart is empty", { attachments: [{ filename: "cart.png", contentType: "image/png" }] });
  const asked = discord.say("fix it", { mentionBot: true, replyTo: said.id });
  const messages = `/channels/${channelId}/messages`;
  const seen: Answer[] = [];
  const ask = async (...given: Parameters<ApiClient>) => {
    const answer = await call(...given);
    seen.push(answer);
    return answer;
  };

  await ask("GET", "/users/@me");
  await ask("GET", "/applications/@me");
  await ask("GET", "/gateway");
  await ask("GET", "/gateway/bot");
  const reference = { message_id: asked.id };
  const own = idOf(
    await ask("POST", messages, { ...full, nonce: "n", enforce_nonce: true, message_reference: reference }),
  );
  await ask("POST", messages, { flags: 1 << 15, components: [{ type: 10, content: "words" }, { type: 14 }] });
  await ask("PATCH", `${messages}/${own}`, { content: "Done", embeds: [], components: [] });
  await ask("PUT", `${messages}/${said.id}/reactions/${encodeURIComponent("👀")}/@me`);
  await ask("GET", `${messages}/${said.id}`);
  await ask("DELETE", `${messages}/${said.id}/reactions/${encodeURIComponent("👀")}/@me`);
  await ask("POST", `${messages}/${asked.id}/threads`, { name: "BUG-12" });
  await ask("POST", `/channels/${asked.id}/messages`, { content: "in the thread" });
  await ask("GET", `/channels/${asked.id}/messages`);
  await ask("GET", `${messages}?limit=100`);
  await ask("GET", `/channels/${channelId}`);
  await ask("GET", `/channels/${asked.id}`);
  await ask("GET", `/channels/${discord.say("psst", { direct: true }).channelId}`);
  await ask("POST", `/channels/${channelId}/typing`);
  await ask("DELETE", `${messages}/${own}`);

  for (const scope of [`/applications/${applicationId}`, `/applications/${applicationId}/guilds/${guildId}`]) {
    const commands = `${scope}/commands`;
    const created = idOf(await ask("POST", commands, command));
    await ask("POST", commands, command);
    await ask("GET", `${commands}/${created}`);
    await ask("PATCH", `${commands}/${created}`, { description: "Fix more bugs" });
    await ask("DELETE", `${commands}/${created}`);
    await ask("PUT", commands, [command, { type: 3, name: "Fix with bugbot" }]);
    await ask("GET", commands);
  }

  const slash = discord.slash({ command: "bugbot", subcommand: "fix", options: { text: "the cart" } });
  const callback = `/interactions/${slash.interactionId}/${slash.token}/callback?with_response=true`;
  await ask("POST", callback, { type: 5 });
  const hook = `/webhooks/${applicationId}/${slash.token}`;
  await ask("GET", `${hook}/messages/@original`);
  await ask("PATCH", `${hook}/messages/@original`, full);
  const next = idOf(await ask("POST", hook, { content: "more" }));
  await ask("GET", `${hook}/messages/${next}`);
  await ask("PATCH", `${hook}/messages/${next}`, { content: "less" });
  await ask("DELETE", `${hook}/messages/${next}`);
  const original = discord.messages(channelId).find(({ text }) => text.startsWith("See "))?.id ?? "";
  const pressed = discord.pressButton("retry", original);
  const modal = {
    custom_id: "why",
    title: "Why",
    components: [{ type: 1, components: [{ type: 4, custom_id: "w", style: 1, label: "W" }] }],
  };
  await ask("POST", `/interactions/${pressed.interactionId}/${pressed.token}/callback`, { type: 9, data: modal });
  const filled = discord.submitModal("why", { w: "because" });
  const answered = `/interactions/${filled.interactionId}/${filled.token}/callback?with_response=true`;
  await ask("POST", answered, { type: 7, data: { content: "Again" } });
  await ask("GET", `${messages}?limit=1`);
  const menu = discord.contextMenu("Fix with bugbot", said);
  await ask("POST", `/interactions/${menu.interactionId}/${menu.token}/callback?with_response=true`, {
    type: 4,
    data: full,
  });
  await ask("DELETE", `${hook}/messages/@original`);

  await ask("POST", messages, "{");
  await ask("POST", messages, { content: "x".repeat(2001), embeds: [{ fields: [{ name: "" }] }] });
  await ask("POST", messages, {});
  await ask("GET", "/channels/1");
  await ask("GET", `${messages}/1`);
  await ask("GET", "/users/@me", undefined, { authorization: "Bot wrong" });
  await ask("POST", `${messages}/${asked.id}/threads`, { name: "again" });
  await ask("POST", callback, { type: 5 });
  await ask("GET", `/webhooks/${applicationId}/nonsense/messages/@original`);
  return seen;
}
