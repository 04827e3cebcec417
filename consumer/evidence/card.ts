import { behaviourDays, cardLengths } from "../../shared/limits.ts";
import { showHidden } from "../../shared/plain-text.ts";
import { cutWords } from "./cut-words.ts";
import type { Behaviour, Code, Findings, Source, Suspect } from "./evidence.ts";

/** One thing that was found out. Both parts hold untrusted words. */
export interface Step {
  /** What the link stands on. */
  lead: string;
  /** What follows it. */
  text: string;
  /** The place where anyone can see it. */
  url: string;
}

export interface Claim extends Step {
  /** Not there the last time somebody asked. */
  isNew?: boolean | undefined;
  /** What happened in it, oldest first. */
  steps?: Step[] | undefined;
}

export interface Section {
  title: string;
  /** All of it at a glance. */
  brief: Claim;
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
  /** What the section on the code says, as data for a fix. */
  suspects?: Suspect[] | undefined;
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
  /** Hides what must not be shown of people. */
  mask: (text: string) => string;
}

export const placesInCode = "Where in the code";
/** In one line. */
const briefActions = 4;

/** Orders what the sources found. Every claim carries its link; what is missing is said. Nothing in it is longer than `cardLengths`. */
export function makeCard({ title, reported, threadUrl, findings: { behaviour, code }, mask }: CardFacts): Card {
  const seen = found(behaviour);
  const places = found(code);
  const sections = [
    section("Who is affected", seen ? affected(seen) : []),
    section("What happened", seen ? happened(seen) : [], seen && lastSteps(seen)),
    section(placesInCode, places ? suspects(places) : []),
    section("What changed recently", places ? changes(places) : []),
  ];
  return {
    title: mask(title),
    reported: shortenQuotes(reported, { mask, length: cardLengths.reported }),
    threadUrl,
    sections: sections
      .filter((made) => made !== undefined)
      .map((made) => ({ ...made, brief: plainStep(made.brief), claims: made.claims.map(plainClaim) })),
    unknown: [...notReached("PostHog", behaviour), ...notReached("GitHub", code), ...gaps(seen, places)].map((gap) =>
      plain(gap),
    ),
    ...(places && { suspects: places.suspects }),
    isUpdate: false,
  };

  function plain(text: string, length = cardLengths.claim): string {
    return cutWords(showHidden(mask(text)), length);
  }
  function plainStep({ lead, text, url }: Step, length = cardLengths.claim): Step {
    return { lead: plain(lead, length), text: plain(text, length), url };
  }
  function plainClaim({ steps, ...claim }: Claim): Claim {
    return { ...plainStep(claim), ...(steps && { steps: steps.map((step) => plainStep(step, cardLengths.step)) }) };
  }
}

/** All that fits of people's words, the first ones first: a thread's head is mostly the report. */
export function shortenQuotes(
  quotes: readonly Quote[],
  { mask, length }: { mask: (text: string) => string; length: number },
): Quote[] {
  let room = length;
  return quotes.flatMap(({ author, text }) => {
    if (room <= 0) return [];
    const said = cutWords(showHidden(mask(text.trim())), room);
    room -= said.length;
    return [{ author: cutWords(showHidden(mask(author)), cardLengths.author), text: said }];
  });
}

/** Undefined where nothing was found. Its first claim says the most, unless `brief` does. */
function section(title: string, claims: Claim[], brief = claims[0]): Section | undefined {
  return brief && { title, brief, claims };
}

/** Marks what the earlier card did not say yet. */
export function compareCards(card: Card, earlier: Card | undefined): Card {
  if (!earlier) return card;
  const known = new Set(earlier.sections.flatMap(({ claims }) => claims.map(placeOf)));
  return {
    ...card,
    isUpdate: true,
    sections: card.sections.map(({ claims, ...rest }) => ({
      ...rest,
      claims: claims.map((claim) => ({ ...claim, isNew: !known.has(placeOf(claim)) })),
    })),
  };
}

export function countNew({ sections }: Card): number {
  return sections.flatMap(({ claims }) => claims).filter(({ isNew }) => isNew).length;
}

/** What it stands for, whatever the branch's head is now, and wherever the recording is opened: its words change with every look. */
function placeOf({ url }: Claim): string {
  return url.replace(/\/blob\/[0-9a-f]{40}\//, "/blob/").replace(/\?t=\d+$/, "");
}

function found<T>(source: Source<T>): T | undefined {
  return source.state === "found" ? source.value : undefined;
}

function affected({ person, exceptions }: Behaviour): Claim[] {
  return [
    ...exceptions.map(({ type, message, url, affectedUsers, firstSeenAt, lastSeenAt }) => ({
      lead: affectedUsers === 0 ? "Nobody" : nounOf(affectedUsers, "person", "people"),
      text: `in the last ${behaviourDays} days, the latest on ${day(lastSeenAt)}${firstOf(firstSeenAt, lastSeenAt)}, met “${type}: ${message}”`,
      url,
    })),
    ...(person ? [{ lead: person.email, text: "is named in the report", url: person.url }] : []),
  ];
}

function firstOf(firstAt: number, lastAt: number): string {
  return day(firstAt) === day(lastAt) ? "" : ` and the first on ${day(firstAt)}`;
}

function happened({ recordings }: Behaviour): Claim[] {
  return recordings.map(({ url, startedAt, durationMs, consoleErrors = 0, timeline }) => {
    const long = durationMs === undefined ? "has a length PostHog did not tell" : `is ${duration(durationMs)} long`;
    const errors = consoleErrors > 0 ? `, with ${nounOf(consoleErrors, "console error", "console errors")}` : "";
    const steps = timeline.map((action) => ({ lead: clock(action.at), text: action.what, url: action.url }));
    return {
      lead: `Recording of ${minute(startedAt)}`,
      text: `${long}${errors}`,
      url,
      ...(steps.length > 0 && { steps }),
    };
  });
}

/** What led to an error in the first recording that shows one; the last actions of the first where none does. */
function lastSteps({ recordings }: Behaviour): Claim | undefined {
  const shows = recordings.find(({ timeline }) => timeline.some(({ kind }) => kind === "exception"));
  const recording = shows ?? recordings[0];
  if (!recording) return undefined;
  const { url, timeline } = recording;
  const error = timeline.findLastIndex(({ kind }) => kind === "exception");
  const end = error === -1 ? timeline.length : error + 1;
  const steps = timeline.slice(Math.max(0, end - briefActions), end).map(({ what }) => what);
  if (steps.length === 0) return undefined;
  return { lead: "The recording", text: `shows: ${steps.join(" → ")}`, url };
}

function suspects({ suspects: places }: Code): Claim[] {
  return places.map(({ path, line, url, reasons }) => ({
    lead: line === undefined ? path : `${path}:${line}`,
    text: reasons.join("; "),
    url,
  }));
}

function changes({ commits, pullRequests }: Code): Claim[] {
  return [
    ...commits.map(({ sha, subject, author, at, url, path }) => ({
      lead: sha.slice(0, 7),
      text: `“${subject}” by ${author} on ${day(at)} touched ${path}`,
      url,
    })),
    ...pullRequests.map(({ number, title, url, paths }) => ({
      lead: `Open pull request #${number}`,
      text: `“${title}” touches ${paths.join(", ")}`,
      url,
    })),
  ];
}

function notReached(name: string, source: Source<unknown>): string[] {
  return source.state === "found" ? [] : [`${name}: ${source.reason}`];
}

function gaps(seen: Behaviour | undefined, places: Code | undefined): string[] {
  return [
    ...(seen?.gaps ?? []).map(({ what, why }) => `PostHog: ${what} (${why})`),
    ...(seen && seen.recordings.length === 0 && !seen.gaps?.some(({ what }) => what === "recordings")
      ? ["PostHog: no recording of it was found"]
      : []),
    ...(places?.gaps ?? []).map(({ what, why }) => `GitHub: ${what} (${why})`),
    ...(places && places.suspects.length === 0 && !places.gaps
      ? [`GitHub: nothing in ${places.repository} matches the report`]
      : []),
  ];
}

function nounOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A source may give any number for a time. */
function iso(at: number): string {
  return new Date(Math.min(Math.max(at, 0), Date.UTC(9999, 11, 31)) || 0).toISOString();
}

/** `2026-11-20` */
function day(at: number): string {
  return iso(at).slice(0, 10);
}

/** `2026-11-20 14:03 UTC` */
function minute(at: number): string {
  return `${iso(at).slice(0, 16).replace("T", " ")} UTC`;
}

/** `14:03:07` */
function clock(at: number): string {
  return iso(at).slice(11, 19);
}

/** `2 min 5 s` */
function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
