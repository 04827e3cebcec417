import { behaviourDays, behaviourLimits } from "../../shared/limits.ts";
import type { ExceptionSeen, PostHog } from "../clients/posthog.ts";
import type { FoundRecording, Issue, Person, SessionEvent } from "../clients/posthog-answers.ts";
import { errorInText } from "./error-in-text.ts";
import type { Behaviour } from "./evidence.ts";
import { createPartly } from "./partly.ts";
import { seenException } from "./seen-exception.ts";
import { showRecording } from "./show-recording.ts";

export interface BehaviourQuestion {
  /** Those that the report links to or names. */
  sessionIds: readonly string[];
  /** Whom the report is about. */
  emails: readonly string[];
  reportText: string;
  /** ms since the epoch */
  reportedAt: number;
}

interface Found {
  recordings: FoundRecording[];
  events: SessionEvent[];
  issues: Issue[];
}

const hourMs = 60 * 60 * 1000;
const sessionId = /^[0-9a-f-]{36}$/;
const mostNamed = 5;

/** Whether there is anything PostHog could be asked for. */
export function namesBehaviour({ sessionIds, emails, reportText }: BehaviourQuestion): boolean {
  return sessionIds.length > 0 || emails.length > 0 || errorInText(reportText) !== undefined;
}

/**
 * What PostHog knows: of the sessions that are named, else of the people, else of the error that the report quotes. Nobody and
 * nothing known is an empty answer. What PostHog refuses in part is named in `missing`. Throws `Failure` when it gives nothing.
 */
export async function findBehaviour(asked: BehaviourQuestion, { posthog }: { posthog: PostHog }): Promise<Behaviour> {
  const sessions = distinct(asked.sessionIds)
    .filter((id) => sessionId.test(id))
    .slice(0, mostNamed);
  const emails = distinct(asked.emails).slice(0, mostNamed);
  const since = asked.reportedAt - behaviourDays * 24 * hourMs;
  const partly = createPartly();

  const [people, ofSessions] = await Promise.all([
    emails.length > 0 ? partly.ask("the person", posthog.people(emails), []) : [],
    sessions.length > 0 ? bySessions() : { recordings: [], events: [], issues: [] },
  ]);
  const found =
    ofSessions.recordings.length > 0 || people.length === 0 ? ofSessions : await byPeople(people, ofSessions);
  const known = found.issues.length > 0 || partly.failed("exceptions") ? found.issues : await byQuotedError();
  const issues = known.toSorted((one, other) => Number(isQuoted(other)) - Number(isQuoted(one)));

  const [person] = people;
  const email = asked.emails.find((one) => one.toLowerCase() === person?.email?.toLowerCase()) ?? onlyOne(asked.emails);
  const missing = partly.missing();
  return {
    ...(person && email !== undefined && { person: { email, url: posthog.pages.person(person.id) } }),
    recordings: found.recordings.map((one) => showRecording(one, found.events, issues, posthog.pages.recording)),
    exceptions: issues.map((issue) => seenException(issue, posthog.pages.issue(issue.issueId))),
    ...(missing.length > 0 && { missing }),
  };

  async function bySessions(): Promise<Found> {
    const from = Math.min(...sessions.map((id) => startOf(id) ?? since)) - hourMs;
    const [recordings, events, seen] = await Promise.all([
      Promise.all(sessions.map((id) => partly.ask("recordings", posthog.recording(id), undefined))),
      partly.ask("the timeline", posthog.actions(sessions, from), []),
      exceptions({ in: "sessions", ids: sessions }, Math.min(from, since)),
    ]);
    return { recordings: recordings.filter((recording) => recording !== undefined), events, issues: seen };
  }

  async function byPeople(persons: Person[], before: Found): Promise<Found> {
    const ids = persons.map(({ id }) => id);
    const [recorded, seen] = await Promise.all([
      recordingsOf(ids),
      before.issues.length > 0 ? before.issues : exceptions({ in: "people", ids }, since),
    ]);
    return { ...recorded, issues: seen };
  }

  async function recordingsOf(ids: string[]): Promise<Omit<Found, "issues">> {
    const until = asked.reportedAt + hourMs;
    const lists = ids.map((id) => partly.ask("recordings", posthog.recordingsOf(id, since, until), []));
    const recordings = nearest((await Promise.all(lists)).flat(), asked.reportedAt).slice(
      0,
      behaviourLimits.recordings,
    );
    if (recordings.length === 0) return { recordings, events: [] };
    const from = Math.min(...recordings.map(({ startedAt }) => startedAt)) - hourMs;
    const shown = recordings.map((recording) => recording.sessionId);
    return { recordings, events: await partly.ask("the timeline", posthog.actions(shown, from), []) };
  }

  async function byQuotedError(): Promise<Issue[]> {
    const quoted = errorInText(asked.reportText);
    return quoted ? exceptions(quoted, since) : [];
  }

  function exceptions(seen: ExceptionSeen, from: number): Promise<Issue[]> {
    return partly.ask("exceptions", posthog.exceptions(seen, from, since), []);
  }

  function isQuoted({ chain: [caught] }: Issue): boolean {
    return caught?.value !== undefined && caught.value.length > 0 && asked.reportText.includes(caught.value);
  }
}

/** Those that the moment lies in first, then by the time between. */
function nearest(recordings: FoundRecording[], moment: number): FoundRecording[] {
  const distance = ({ startedAt, durationMs }: FoundRecording) =>
    Math.max(startedAt - moment, moment - (startedAt + durationMs), 0);
  const once = new Map(recordings.map((recording) => [recording.sessionId, recording]));
  return [...once.values()].toSorted((one, other) => distance(one) - distance(other));
}

/** A UUID of version 7 begins with the time it was made at. */
function startOf(id: string): number | undefined {
  return id[14] === "7" ? Number.parseInt(id.replace("-", "").slice(0, 12), 16) : undefined;
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts.map((text) => text.toLowerCase()))];
}

/** Whose it is, is certain only where nobody else was asked for. */
function onlyOne(emails: readonly string[]): string | undefined {
  return emails.length === 1 ? emails[0] : undefined;
}
