import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { readSettings, serviceState, type ServiceState } from "../shared/settings.ts";
import { invalidSettings } from "../shared/wrong-settings.ts";
import { isPort } from "./free-port.ts";

/** A service of the outside world: used as it is when set up in `.dev.vars`, else stood in for. */
interface LocalService {
  /** Each of these sets it up. */
  ways: readonly (readonly string[])[];
  optional: readonly string[];
}

export const localServices = {
  slack: { ways: [["SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN"]], optional: ["SLACK_API_URL"] },
  discord: {
    ways: [["DISCORD_PUBLIC_KEY", "DISCORD_APPLICATION_ID", "DISCORD_BOT_TOKEN"]],
    optional: ["DISCORD_API_URL"],
  },
  linear: { ways: [["LINEAR_API_KEY"]], optional: ["LINEAR_TEAM_KEY", "LINEAR_API_URL"] },
  github: {
    ways: [["GITHUB_TOKEN"], ["GITHUB_APP_ID", "GITHUB_APP_PRIVATE_KEY"]],
    optional: ["GITHUB_API_URL", "GITHUB_URL"],
  },
  posthog: { ways: [["POSTHOG_API_KEY", "POSTHOG_PROJECT_ID"]], optional: ["POSTHOG_HOST"] },
  anthropic: { ways: [["ANTHROPIC_API_KEY"]], optional: ["ANTHROPIC_BASE_URL"] },
} as const satisfies Record<string, LocalService>;
export type LocalServiceName = keyof typeof localServices;
export const allServices: readonly LocalServiceName[] = [
  "slack",
  "discord",
  "linear",
  "github",
  "posthog",
  "anthropic",
];

export type Variables = Readonly<Record<string, string>>;

/** `.dev.vars` without its empty values; nothing when there is no such file. */
export function readDevVars(path: string): Variables {
  if (!existsSync(path)) return {};
  const entries = Object.entries(parseEnv(readFileSync(path, "utf8"))).flatMap(([name, value]) =>
    value?.trim() ? [[name, value]] : [],
  );
  return Object.fromEntries(entries);
}

/** All that keeps the local stack from starting with the variables of a file, a sentence each. */
export function faultsOf(variables: Variables, file: string): string[] {
  const port = variables["BUGBOT_PORT"];
  return [
    ...invalidSettings(variables).map((fault) => `${file}: ${fault}.`),
    ...(port === undefined || isPort(port) ? [] : [`${file}: BUGBOT_PORT must be a port, not ${port}.`]),
    ...allServices.flatMap((name) => halfSet(name, variables, file) ?? []),
  ];
}

/** The services that need a stand-in. Throws where any is set up by half, naming what is missing. */
export function servicesToStandInFor(variables: Variables): LocalServiceName[] {
  const halves = allServices.flatMap((name) => halfSet(name, variables, ".dev.vars") ?? []);
  if (halves.length > 0) throw new Error(halves.join("\n"));
  return allServices.filter((name) => stateOf(name, variables).state === "off");
}

function stateOf(name: LocalServiceName, variables: Variables): ServiceState {
  return serviceState(readSettings(variables), ...localServices[name].ways);
}

function halfSet(name: LocalServiceName, variables: Variables, file: string): string | undefined {
  const { ways, optional } = localServices[name];
  const given = [...ways.flat(), ...optional].filter((variable) => variables[variable]);
  const state = stateOf(name, variables);
  const begun = state.state === "incomplete" ? state.missing : [];
  const missing = state.state === "off" && given.length > 0 ? state.turnOn : begun;
  if (missing.length === 0) return undefined;
  return `${file} sets ${given.join(" and ")} but not ${missing.join(" and ")}. Set all of them, or none to use the local stand-in for ${name}.`;
}
