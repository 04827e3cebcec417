import { DatabaseSync } from "node:sqlite";
import { invalid } from "./errors.ts";
import { translate } from "./hogql.ts";
import { addFunctions } from "./hogql-functions.ts";
import { exceptionProperties, type Thrown, uuidOf } from "./ingest.ts";

export interface Captured {
  event: string;
  distinctId: string;
  /** ms since the epoch */
  at: number;
  sessionId?: string;
  properties?: Readonly<Record<string, unknown>>;
  /** The clicked element and its parents: `button:text="Pay";form` */
  elements?: string;
  /** Of a `$exception`. */
  exception?: readonly Thrown[];
}

export interface Recording {
  sessionId: string;
  distinctId: string;
  startedAt: number;
  durationMs: number;
  consoleErrors?: number;
  clicks?: number;
  startUrl?: string;
}

export interface KnownPerson {
  id: string;
  distinctIds: string[];
  properties: Readonly<Record<string, unknown>>;
}

export type Project = ReturnType<typeof createProject>;

const defaultRows = 100;

/** One project's people, events and recordings. */
export function createProject() {
  const database = new DatabaseSync(":memory:");
  addFunctions(database);
  database.exec(`
    CREATE TABLE persons (id TEXT PRIMARY KEY, created_at TEXT, properties TEXT, is_identified INTEGER);
    CREATE TABLE person_distinct_ids (distinct_id TEXT PRIMARY KEY, person_id TEXT);
    CREATE TABLE captured (uuid TEXT, event TEXT, properties TEXT, timestamp TEXT, distinct_id TEXT, elements_chain TEXT,
      created_at TEXT, "$session_id" TEXT, "$window_id" TEXT, issue_id TEXT);
    CREATE VIEW events AS SELECT captured.*, person_id FROM captured JOIN person_distinct_ids USING (distinct_id);
  `);
  const people = new Map<string, KnownPerson>();
  const recordings = new Map<string, Recording>();

  /** Somebody PostHog has seen under these ids, the first of which is who they are. */
  function addPerson({ distinctIds, email, at = Date.now() }: { distinctIds: string[]; email?: string; at?: number }) {
    const id = uuidOf(`person ${distinctIds.join(" ")}`);
    const person = { id, distinctIds, properties: email === undefined ? {} : { email } };
    people.set(id, person);
    database
      .prepare("INSERT INTO persons VALUES (?, ?, ?, 1)")
      .run(id, new Date(at).toISOString(), JSON.stringify(person.properties));
    for (const distinctId of distinctIds) {
      database.prepare("INSERT INTO person_distinct_ids VALUES (?, ?)").run(distinctId, id);
    }
    return person;
  }

  function personOf(distinctId: string): KnownPerson | undefined {
    return [...people.values()].find(({ distinctIds }) => distinctIds.includes(distinctId));
  }

  let captures = 0;
  function capture({
    event,
    distinctId,
    at,
    sessionId = "",
    properties = {},
    elements = "",
    exception,
  }: Captured): void {
    if (!personOf(distinctId)) addPerson({ distinctIds: [distinctId], at });
    const thrown = exception && exceptionProperties(exception);
    const all = { distinct_id: distinctId, ...(sessionId && { $session_id: sessionId }), ...properties, ...thrown };
    const time = new Date(at).toISOString();
    captures += 1;
    database
      .prepare("INSERT INTO captured VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .run(
        uuidOf(`event ${captures}`),
        event,
        JSON.stringify(all),
        time,
        distinctId,
        elements,
        time,
        sessionId,
        "",
        thrown?.$exception_issue_id ?? null,
      );
  }

  function addRecording(recording: Recording): void {
    if (!personOf(recording.distinctId)) addPerson({ distinctIds: [recording.distinctId], at: recording.startedAt });
    recordings.set(recording.sessionId, recording);
  }

  /** Runs HogQL. Throws `PostHogError` for what PostHog would refuse. */
  function query(hogql: string, values: Readonly<Record<string, unknown>>) {
    const { sql, parameters, limited } = translate(hogql, values);
    try {
      const statement = database.prepare(limited ? sql : `${sql} LIMIT ${defaultRows + 1}`);
      statement.setReturnArrays(true);
      const rows = statement.all(...parameters).map((row) => Object.values(row));
      const columns = statement.columns().map(({ name }) => name);
      const hasMore = !limited && rows.length > defaultRows;
      return { columns, results: hasMore ? rows.slice(0, defaultRows) : rows, hasMore };
    } catch (error) {
      throw invalid(`Syntax error: ${error instanceof Error ? error.message : String(error)}`, "syntax_error");
    }
  }

  return { people, recordings, addPerson, personOf, capture, addRecording, query, close: () => database.close() };
}
