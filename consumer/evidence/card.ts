import type { Behaviour, Code } from "./evidence.ts";
import type { Findings, Source } from "./gather.ts";

/** One thing that was found out, and the place where anyone can see it. `text` holds untrusted words. */
export interface Claim {
  text: string;
  url: string;
  /** Not there the last time somebody asked. */
  isNew?: boolean | undefined;
}

export interface Section {
  title: string;
  claims: Claim[];
}

/** Words of people, as they were written. */
export interface Quote {
  author: string;
  text: string;
}

/** What is known of a bug, before it is written for Linear, Slack or Discord. Everything in it is untrusted text. */
export interface Card {
  title: string;
  reported: Quote[];
  /** The thread it was reported in. */
  threadUrl?: string | undefined;
  /** Those without a claim are left out. */
  sections: Section[];
  /** What could not be learnt, and why: a sentence each. */
  unknown: string[];
  /** Whether an earlier card was there to compare with. */
  isUpdate: boolean;
}

export interface CardFacts {
  title: string;
  reported: Quote[];
  threadUrl?: string | undefined;
  findings: Findings;
}

const maxTimelines = 2;
const shownActions = 8;

/** Orders what the sources found. Every claim carries its link; what is missing is said. */
export function makeCard({ title, reported, threadUrl, findings: { behaviour, code } }: CardFacts): Card {
  const seen = found(behaviour);
  const places = found(code);
  const sections = [
    { title: "Who is affected", claims: seen ? affected(seen) : [] },
    { title: "What happened", claims: seen ? happened(seen) : [] },
    { title: "Where in the code", claims: places ? suspects(places) : [] },
    { title: "What changed recently", claims: places ? changes(places) : [] },
  ];
  return {
    title,
    reported,
    threadUrl,
    sections: sections.filter(({ claims }) => claims.length > 0),
    unknown: [...notReached("PostHog", behaviour), ...notReached("GitHub", code), ...gaps(seen, places)],
    isUpdate: false,
  };
}

/** Marks what the earlier card did not say yet. */
export function compareCards(card: Card, earlier: Card | undefined): Card {
  if (!earlier) return card;
  const known = new Set(earlier.sections.flatMap(({ claims }) => claims.map(keyOf)));
  return {
    ...card,
    isUpdate: true,
    sections: card.sections.map(({ title, claims }) => ({
      title,
      claims: claims.map((claim) => ({ ...claim, isNew: !known.has(keyOf(claim)) })),
    })),
  };
}

export function countNew({ sections }: Card): number {
  return sections.flatMap(({ claims }) => claims).filter(({ isNew }) => isNew).length;
}

/** The place it stands for: counts in the words change with every look. */
function keyOf({ text, url }: Claim): string {
  return `${url} ${text.replace(/\d+/g, "#")}`;
}

function found<T>(source: Source<T>): T | undefined {
  return source.state === "found" ? source.value : undefined;
}

function affected({ person, exceptions }: Behaviour): Claim[] {
  return [
    ...(person ? [{ text: `${person.email}, as the report says`, url: person.url }] : []),
    ...exceptions.map(({ type, message, url, affectedUsers, firstSeenAt, lastSeenAt }) => ({
      text: `${nounOf(affectedUsers, "person", "people")} met “${type}: ${message}” in the last 14 days, first ${day(firstSeenAt)}, last ${day(lastSeenAt)}`,
      url,
    })),
  ];
}

function happened({ recordings }: Behaviour): Claim[] {
  return recordings.flatMap(({ url, startedAt, durationMs, consoleErrors, timeline }, at) => [
    {
      text: `Recording of ${minute(startedAt)}, ${duration(durationMs)} long, ${nounOf(consoleErrors, "console error", "console errors")}`,
      url,
    },
    ...(at < maxTimelines
      ? timeline.slice(-shownActions).map((action) => ({ text: `${clock(action.at)} ${action.what}`, url: action.url }))
      : []),
  ]);
}

function suspects({ suspects: places }: Code): Claim[] {
  return places.map(({ path, line, url, reasons }) => ({
    text: `${path}${line === undefined ? "" : `:${line}`}: ${reasons.join("; ")}`,
    url,
  }));
}

function changes({ commits, pullRequests }: Code): Claim[] {
  return [
    ...pullRequests.map(({ number, title, url, paths }) => ({
      text: `Open pull request #${number} “${title}” touches ${paths.join(", ")}`,
      url,
    })),
    ...commits.map(({ sha, subject, author, at, url, path }) => ({
      text: `${sha.slice(0, 7)} “${subject}” by ${author}, ${day(at)}, touched ${path}`,
      url,
    })),
  ];
}

function notReached(name: string, source: Source<unknown>): string[] {
  return source.state === "found" ? [] : [`${name}: ${source.reason}`];
}

function gaps(seen: Behaviour | undefined, places: Code | undefined): string[] {
  return [
    ...(seen?.missing ?? []).map((part) => `PostHog: ${part}`),
    ...(seen && seen.recordings.length === 0 ? ["PostHog: no recording of it was found"] : []),
    ...(places && places.suspects.length === 0 ? [`GitHub: nothing in ${places.repository} matches the report`] : []),
  ];
}

function nounOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `2026-11-20` */
function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** `2026-11-20 14:03 UTC` */
function minute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** `14:03:07` */
function clock(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

/** `2 min 5 s` */
function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
