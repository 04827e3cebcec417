import * as z from "zod/mini";

/** What else to take a value for that is not as expected: nobody's sloppy event may hide the others. */
const orElse = z.catch;

/** HogQL gives a property as text: JSON's own, and a string without its quotes but with its escapes. */
const property = z.pipe(
  z.unknown(),
  z.transform((value) => {
    if (typeof value !== "string") return value;
    return parse(value.startsWith("[") || value.startsWith("{") ? value : `"${value}"`) ?? value;
  }),
);
const text = z.pipe(property, orElse(z.optional(z.string()), undefined));
const texts = z.pipe(property, orElse(z.array(z.string()), []));

function parse(json: string): unknown {
  try {
    const value: unknown = JSON.parse(json);
    return value;
  } catch {
    return undefined;
  }
}

/** One frame: as error tracking stores it, or as an SDK sent it. */
const frameSchema = z.object({
  in_app: z.optional(z.boolean()),
  source: z.nullish(z.string()),
  filename: z.nullish(z.string()),
  line: z.nullish(z.number()),
  lineno: z.nullish(z.number()),
  resolved_name: z.nullish(z.string()),
  mangled_name: z.nullish(z.string()),
  function: z.nullish(z.string()),
});
export type RawFrame = z.infer<typeof frameSchema>;

const thrownSchema = z.object({
  type: z.optional(z.string()),
  value: z.optional(z.string()),
  stacktrace: z.nullish(z.object({ frames: orElse(z.array(orElse(frameSchema, {})), []) })),
});

export const personRow = z.pipe(
  z.tuple([z.string(), text]),
  z.transform(([id, email]) => ({ id, email })),
);
export type Person = z.infer<typeof personRow>;

export const actionRow = z.pipe(
  z.tuple([z.string(), z.number(), z.string(), text, text, text, text, z.nullish(z.string()), texts, texts]),
  z.transform(([sessionId, at, event, url, screen, label, kind, elements, types, messages]) => ({
    sessionId,
    at,
    event,
    url,
    screen,
    label,
    kind,
    elements: elements ?? "",
    type: types[0],
    message: messages[0],
  })),
);
/** One event of a session. `elements` is the clicked element and its parents, in PostHog's notation. */
export type SessionEvent = z.infer<typeof actionRow>;

export const exceptionRow = z.pipe(
  z.tuple([
    z.string(),
    z.pipe(property, orElse(z.array(orElse(thrownSchema, {})), [])),
    z.nullish(z.string()),
    z.number(),
    z.number(),
    z.number(),
    z.number(),
  ]),
  z.transform(([issueId, chain, sessionId, at, affectedUsers, firstSeenAt, lastSeenAt]) => ({
    issueId,
    chain,
    sessionId: sessionId ?? undefined,
    at,
    affectedUsers,
    firstSeenAt,
    lastSeenAt,
  })),
);
/**
 * An issue of error tracking with the occurrence that was asked for, at `at`. `chain[0]` is the exception that was caught, the
 * last one its root cause; each one's last frame is where it was thrown.
 */
export type Issue = z.infer<typeof exceptionRow>;

const recordingShape = z.object({
  id: z.string(),
  start_time: z.nullish(z.string()),
  recording_duration: z.nullish(z.number()),
  console_error_count: z.nullish(z.number()),
});

/** Undefined while PostHog does not know its start. */
export const recordingSchema = z.pipe(
  recordingShape,
  z.transform(({ id, start_time: start, recording_duration: seconds, console_error_count: errors }) => {
    const startedAt = Date.parse(start ?? "");
    if (Number.isNaN(startedAt)) return undefined;
    return { sessionId: id, startedAt, durationMs: (seconds ?? 0) * 1000, consoleErrors: errors ?? 0 };
  }),
);
export const recordingsSchema = z.object({ results: z.array(recordingSchema) });
export type FoundRecording = NonNullable<z.infer<typeof recordingSchema>>;

/** https://posthog.com/docs/api */
export const refusalSchema = z.object({ code: z.nullish(z.string()), detail: z.nullish(z.string()) });
