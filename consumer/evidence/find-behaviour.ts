import { behaviourDays, behaviourLimits, dayMs } from "../../shared/limits.ts";
import type { ExceptionSeen, PostHog } from "../clients/posthog.ts";
import type { FoundRecording, Issue, Person, SessionEvent } from "../clients/posthog-answers.ts";
import { errorInText } from "./error-in-text.ts";
import type { Behaviour } from "./evidence.ts";
import { createPartly } from "./partly.ts";
import { seenException } from "./seen-exception.ts";
import { type SeenRecording, showRecording } from "./show-recording.ts";
import type { TimeLimit } from "./time-limit.ts";

export interface BehaviourQuestion {
  /** Those that the report links to or names. */
  sessionIds: readonly string[];
  /** Whom the report is about. */
  emails: readonly string[];
  reportText: string;
  /** ms since the epoch */
  reportedAt: number;
  /** ms since the epoch; it may be long after. */
  askedAt: number;
}

export interface FindBehaviourNeeds {
  posthog: PostHog;
  limit: TimeLimit;
}

interface Found {
  recordings: SeenRecording[];
  events: SessionEvent[];
  issues: Issue[];
}

const hourMs = 60 * 60 * 1000;
const sessionId = /^[0-9a-f-]{36}$/;
const mostNamed = 5;
const nothing: Found = { recordings: [], events: [], issues: [] };

/** Whether there is anything PostHog could be asked for. */
export function namesBehaviour({
  sessionIds,
  emails,
  reportText,
}: Pick<BehaviourQuestion, "sessionIds" | "emails" | "reportText">): boolean {
  return sessionIds.length > 0 || emails.length > 0 || errorInText(reportText) !== undefined;
}

/**
 * What PostHog knows: of the sessions that are named, else of the people, and of the error that the report quotes. Nobody and nothing
 * known is an empty answer. What PostHog refuses or does not answer in time is named in `gaps`. Throws `Failure` when it gives nothing.
 */
export async function findBehaviour(
  asked: BehaviourQuestion,
  { posthog, limit }: FindBehaviourNeeds,
): Promise<Behaviour> {
  const sessions = distinct(asked.sessionIds)
    .filter((id) => sessionId.test(id))
    .slice(0, mostNamed);
  const emails = distinct(asked.emails).slice(0, mostNamed);
  const windowMs = behaviourDays * dayMs;
  /** People are counted until now; whatever led to the report came before it. */
  const countedSince = asked.askedAt - windowMs;
  const since = Math.min(asked.reportedAt - windowMs, countedSince);
  const partly = createPartly(limit);

  const [people, ofSessions, quoted] = await Promise.all([
    emails.length > 0 ? partly.askFirst("the person", posthog.people(emails), []) : [],
    sessions.length > 0 ? bySessions() : nothing,
    // PostHog runs few queries at once, and a session mostly tells its own error.
    sessions.length === 0 ? byQuotedError() : [],
  ]);
  const found =
    ofSessions.recordings.length > 0 || people.length === 0 ? ofSessions : await byPeople(people, ofSessions);
  const isUntold = sessions.length > 0 && found.issues.length === 0 && !partly.failure("exceptions");
  const issues = inOrder([...found.issues, ...(isUntold ? await byQuotedError() : quoted)]);

  const [person] = people;
  const email = asked.emails.find((one) => one.toLowerCase() === person?.email?.toLowerCase()) ?? onlyOne(asked.emails);
  const gaps = partly.gaps();
  return {
    ...(person && email !== undefined && { person: { email, url: posthog.pages.person(person.id) } }),
    recordings: found.recordings.map((one) => showRecording(one, found.events, issues, posthog.pages.recording)),
    exceptions: issues.map((issue) => seenException(issue, posthog.pages.issue(issue.issueId))),
    ...(gaps.length > 0 && { gaps }),
  };

  async function bySessions(): Promise<Found> {
    const from = Math.min(...sessions.map((id) => startOf(id) ?? since)) - hourMs;
    const [recordings, events, issuesSeen] = await Promise.all([
      Promise.all(sessions.map((id) => partly.askFirst("recordings", posthog.recording(id), "unanswered" as const))),
      partly.ask("the timeline", posthog.actions(sessions, from), []),
      exceptions({ in: "sessions", ids: sessions }, Math.min(from, since)),
    ]);
    const seen = recordings.map((recording, at) =>
      recording === "unanswered" ? byItsEvents(sessions[at] ?? "", events) : recording,
    );
    return { recordings: seen.filter((recording) => recording !== undefined), events, issues: issuesSeen };
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
    const [from, until] = [asked.reportedAt - windowMs, asked.reportedAt + hourMs];
    const lists = ids.map((id) => partly.askFirst("recordings", posthog.recordingsOf(id, from, until), []));
    const recordings = nearest((await Promise.all(lists)).flat(), asked.reportedAt).slice(
      0,
      behaviourLimits.recordings,
    );
    if (recordings.length === 0) return { recordings, events: [] };
    const earliest = Math.min(...recordings.map(({ startedAt }) => startedAt)) - hourMs;
    const shown = recordings.map((recording) => recording.sessionId);
    return { recordings, events: await partly.ask("the timeline", posthog.actions(shown, earliest), []) };
  }

  async function byQuotedError(): Promise<Issue[]> {
    const named = errorInText(asked.reportText);
    return named ? exceptions(named, since) : [];
  }

  function exceptions(seen: ExceptionSeen, from: number): Promise<Issue[]> {
    return partly.ask("exceptions", posthog.exceptions(seen, from, countedSince), []);
  }

  /** Each once, what the report quotes first. */
  function inOrder(all: readonly Issue[]): Issue[] {
    const once = new Map(all.toReversed().map((issue) => [issue.issueId, issue]));
    return [...once.values()]
      .toReversed()
      .toSorted((one, other) => Number(isQuoted(other)) - Number(isQuoted(one)))
      .slice(0, behaviourLimits.exceptions);
  }

  function isQuoted({ chain: [caught] }: Issue): boolean {
    return caught?.value !== undefined && caught.value.length > 0 && asked.reportText.includes(caught.value);
  }
}

/** A session whose recording PostHog did not describe, as far as its events and its id tell. */
function byItsEvents(id: string, events: readonly SessionEvent[]): SeenRecording | undefined {
  const first = events.find((event) => event.sessionId === id);
  return first && { sessionId: id, startedAt: startOf(id) ?? first.at };
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
