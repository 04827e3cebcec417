import type { RecordedRequest } from "./stand-in.ts";
import type { StandIns } from "./stand-ins.ts";

/** What was asked of each vendor since `sinceMs`, oldest first; git's own traffic apart. */
export function outsideCalls(standIns: StandIns, sinceMs = 0): Map<string, RecordedRequest[]> {
  const { slack, discord, linear, github, posthog, anthropic } = standIns;
  const isApi = ({ path }: RecordedRequest) => path.startsWith("/api/");
  const calls: [string, RecordedRequest[]][] = [
    ["Slack", slack?.requests ?? []],
    ["Discord", discord?.requests ?? []],
    ["Linear", linear?.requests ?? []],
    ["PostHog", posthog?.requests ?? []],
    ["GitHub", github?.requests.filter(isApi) ?? []],
    ["git", github?.requests.filter((request) => !isApi(request)) ?? []],
    ["model", anthropic?.requests ?? []],
  ];
  return new Map(calls.map(([vendor, all]) => [vendor, all.filter(({ at }) => at >= sinceMs)]));
}
