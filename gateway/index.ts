import { createLog } from "../shared/log.ts";
import { readSettings, requiredByGateway, secretsOf, serviceState } from "../shared/settings.ts";
import { createGateway } from "./gateway.ts";
import { createHealth } from "./health.ts";
import { createSlack } from "./slack/slack.ts";

function wire(env: Env) {
  const settings = readSettings(env);
  const state = serviceState(settings, requiredByGateway.slack);
  const slack = createSlack({
    signingSecret: settings.SLACK_SIGNING_SECRET ?? "",
    botToken: settings.SLACK_BOT_TOKEN ?? "",
    apiUrl: settings.SLACK_API_URL,
  });
  return createGateway({
    slack: { state, platform: slack },
    enqueue: (command) => env.COMMANDS.send(command),
    health: createHealth({ slack: state, consumer: () => env.CONSUMER.fetch("http://consumer/health") }),
    now: Date.now,
    log: createLog("gateway", secretsOf(settings)),
  });
}

let app: ReturnType<typeof createGateway> | undefined;

export default {
  fetch: (request, env, context) => (app ??= wire(env)).fetch(request, env, context),
} satisfies ExportedHandler<Env>;
