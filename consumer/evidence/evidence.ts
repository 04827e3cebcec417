import type { StackFrame } from "../../shared/references/stack-frame.ts";

/** What the sources know about a report. Times are in ms since the epoch; every finding carries a link to where it was found. */

/** What one source gave, or why it gave nothing. */
export type Source<T> = { state: "found"; value: T } | { state: "missing"; reason: string };

/** What a source did not give, and why, both in a few words: "the timeline", "asked to wait 30 s". */
export interface Gap {
  what: string;
  why: string;
  /** It may give it then. */
  retryAfterMs?: number | undefined;
}

export interface Findings {
  behaviour: Source<Behaviour>;
  code: Source<Code>;
}

/** What PostHog recorded of the people a report is about. */
export interface Behaviour {
  /** Whose behaviour it is, as the report named them. */
  person?: { email: string; url: string } | undefined;
  /** At most five, those closest to the report's time first. */
  recordings: Recording[];
  exceptions: SeenException[];
  gaps?: Gap[] | undefined;
}

export interface Recording {
  sessionId: string;
  /** Opens the player at the second where it went wrong, or at its start. */
  url: string;
  startedAt: number;
  /** Undefined where PostHog did not describe the recording. */
  durationMs?: number | undefined;
  consoleErrors?: number | undefined;
  /** The session's exceptions and last actions, oldest first, as many as `behaviourLimits` says. */
  timeline: Action[];
}

export interface Action {
  at: number;
  /** "clicked Pay", "opened /cart", "TypeError: x is undefined". Untrusted text. */
  what: string;
  kind: "page" | "click" | "exception" | "other";
  /** The recording at this second. */
  url: string;
}

export interface SeenException {
  type: string;
  message: string;
  /** Its page in PostHog's error tracking. */
  url: string;
  /** The application's own frames, innermost first. */
  frames: StackFrame[];
  /** Within the last 14 days. */
  affectedUsers: number;
  firstSeenAt: number;
  lastSeenAt: number;
}

/** Where in a repository a report points to. */
export interface Code {
  /** `owner/name` */
  repository: string;
  /** The default branch's commit that every link is pinned to. */
  commit: string;
  /** Most suspect first. */
  suspects: Suspect[];
  /** The newest that touched a suspect, newest first. */
  commits: RecentCommit[];
  /** Open ones that touch a suspect. */
  pullRequests: OpenPullRequest[];
  gaps?: Gap[] | undefined;
}

export interface Suspect {
  path: string;
  /** From 1; only where a frame named it. */
  line?: number | undefined;
  /** A permalink at `commit`, with the line where there is one. */
  url: string;
  /** Why it is suspected, each a short phrase: "frame total, line 12", "contains `applyDiscount`". */
  reasons: string[];
}

export interface RecentCommit {
  sha: string;
  subject: string;
  author: string;
  at: number;
  url: string;
  path: string;
}

export interface OpenPullRequest {
  number: number;
  title: string;
  url: string;
  paths: string[];
}
