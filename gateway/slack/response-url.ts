/**
 * The URL Slack gives for answers to one interaction, where it leads to Slack or to the server `SLACK_API_URL` names.
 * https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
 */
export function readResponseUrl(given: string | null | undefined, apiUrl: string): string | undefined {
  const url = given ? URL.parse(given) : null;
  if (!url || url.username || url.password) return undefined;
  const ofSlack = url.protocol === "https:" && url.port === "" && /(^|\.)slack\.com$/.test(url.hostname);
  const ofServer = /^https?:$/.test(url.protocol) && url.origin === URL.parse(apiUrl)?.origin;
  return ofSlack || ofServer ? url.href : undefined;
}
