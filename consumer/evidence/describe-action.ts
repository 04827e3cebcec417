import type { SessionEvent } from "../clients/posthog-answers.ts";
import { oneLine } from "../report/title.ts";
import type { Action } from "./evidence.ts";

type Described = Pick<Action, "what" | "kind">;

const verbs = new Map([
  ["click", "clicked"],
  ["change", "changed"],
  ["submit", "submitted"],
  ["touch", "touched"],
]);

/** What someone did, in a few words that are not to be trusted. */
export function describeAction(event: SessionEvent): Described {
  switch (event.event) {
    case "$pageview":
      return { kind: "page", what: short(`opened ${pathOf(event.url)}`) };
    case "$screen":
      return { kind: "page", what: short(`opened ${event.screen ?? "a screen"}`) };
    case "$autocapture":
      return { kind: "click", what: short(`${verbs.get(event.kind ?? "click") ?? event.kind} ${elementOf(event)}`) };
    case "$rageclick":
      return { kind: "click", what: short(`clicked ${elementOf(event)} again and again`) };
    case "$dead_click":
      return { kind: "click", what: short(`clicked ${elementOf(event)}, and nothing happened`) };
    case "$exception":
      return { kind: "exception", what: short(`${event.type ?? "Error"}: ${event.message ?? ""}`.replace(/: $/, "")) };
    default:
      return { kind: "other", what: short(event.event) };
  }
}

function short(text: string): string {
  return oneLine(text.slice(0, 400));
}

/** A query can hold tokens. */
function pathOf(url: string | undefined): string {
  return url === undefined ? "a page" : URL.canParse(url) ? new URL(url).pathname : url.replace(/[?#].*$/, "");
}

/** PostHog's notation: `button.primary:attr__aria-label="Pay"nth-child="1"text="Pay";form:…`, the element itself first. */
function elementOf({ label, elements }: SessionEvent): string {
  if (label?.trim()) return label.trim();
  const [own = ""] = elements.split(";", 1);
  const [, named] =
    /(?<![\w-])(?:text|attr__aria-label|attr__title|attr__name)="((?:[^"\\]|\\.){1,200})"/.exec(own) ?? [];
  const [tag] = /^[a-z][a-z0-9-]*/.exec(own) ?? [];
  return named?.replaceAll('\\"', '"') ?? (tag ? `a ${tag}` : "something");
}
