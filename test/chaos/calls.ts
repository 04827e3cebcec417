import { outsideCalls } from "../../local/outside-calls.ts";
import type { RecordedRequest } from "../../local/stand-in.ts";
import type { World } from "../world.ts";

export type Vendor = "Slack" | "Linear" | "PostHog" | "GitHub" | "git" | "model";

/** One call of a run, as it is found again in another run: the nth of its name. */
export interface Call {
  vendor: Vendor;
  name: string;
  nth: number;
  /** Nothing is different after it. */
  isRead: boolean;
}

export const vendors = ["Slack", "Linear", "PostHog", "GitHub", "git", "model"] as const;

export function standInOf(world: World, vendor: Vendor) {
  const { slack, linear, posthog, github, anthropic } = world;
  return { Slack: slack, Linear: linear, PostHog: posthog, GitHub: github, git: github, model: anthropic }[vendor];
}

/** What was asked since `sinceMs`, vendor by vendor. */
export function callsSince(world: World, sinceMs: number): Call[] {
  const recorded = outsideCalls(world.standIns, sinceMs);
  return vendors.flatMap((vendor) => {
    const seen = new Map<string, number>();
    return (recorded.get(vendor) ?? []).map((request) => {
      const name = nameOf(request);
      const nth = (seen.get(name) ?? 0) + 1;
      seen.set(name, nth);
      return { vendor, name, nth, isRead: isRead(vendor, request) };
    });
  });
}

/** The vendor's own name of the call, without what differs from run to run. */
export function nameOf({ operation, path }: RecordedRequest): string {
  const [, service] = /[?&]service=([\w-]+)/.exec(path) ?? [];
  const name = decodeURIComponent(operation)
    .replace(/bugbot\/bug-[\w-]+/g, "{branch}")
    .replace(/[0-9a-f]{40}/g, "{commit}")
    .replace(/(?<=\/)\d+(?=\/|$)/g, "{number}");
  return service ? `${name} ${service}` : name;
}

const slackReads = /^(conversations\.|users\.|auth\.test|chat\.getPermalink|team\.|bots\.)/;

function isRead(vendor: Vendor, { method, operation, body, path }: RecordedRequest): boolean {
  switch (vendor) {
    case "Slack":
      return slackReads.test(operation);
    case "Linear":
      return !/"query":"\s*mutation/.test(JSON.stringify(body));
    case "GitHub":
      return method === "GET";
    case "git":
      return !(method === "POST" && path.endsWith("/git-receive-pack"));
    case "PostHog":
    case "model":
      return true;
    default:
      return vendor satisfies never;
  }
}
