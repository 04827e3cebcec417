import type * as z from "zod";

// https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes
const refusals = {
  unauthorized: { status: 401, code: 0, message: "401: Unauthorized" },
  not_found: { status: 404, code: 0, message: "404: Not Found" },
  method_not_allowed: { status: 405, code: 0, message: "405: Method Not Allowed" },
  unknown_application: { status: 404, code: 10002, message: "Unknown Application" },
  unknown_channel: { status: 404, code: 10003, message: "Unknown Channel" },
  unknown_message: { status: 404, code: 10008, message: "Unknown Message" },
  unknown_emoji: { status: 400, code: 10014, message: "Unknown Emoji" },
  unknown_webhook: { status: 404, code: 10015, message: "Unknown Webhook" },
  unknown_interaction: { status: 404, code: 10062, message: "Unknown interaction" },
  unknown_command: { status: 404, code: 10063, message: "Unknown application command" },
  foreign_application: {
    status: 403,
    code: 20012,
    message: "You are not authorized to perform this action on this application",
  },
  already_acknowledged: { status: 400, code: 40060, message: "Interaction has already been acknowledged." },
  /** What a client without an acceptable User-Agent gets. */
  blocked: { status: 403, code: 40333, message: "internal network error" },
  missing_access: { status: 403, code: 50001, message: "Missing Access" },
  foreign_message: { status: 403, code: 50005, message: "Cannot edit a message authored by another user" },
  empty_message: { status: 400, code: 50006, message: "Cannot send an empty message" },
  missing_permissions: { status: 403, code: 50013, message: "Missing Permissions" },
  wrong_channel_type: { status: 400, code: 50024, message: "Cannot execute action on this channel type" },
  invalid_webhook_token: { status: 401, code: 50027, message: "Invalid Webhook Token" },
  invalid_form: { status: 400, code: 50035, message: "Invalid Form Body" },
  invalid_json: { status: 400, code: 50109, message: "The request body contains invalid JSON." },
  thread_exists: { status: 400, code: 160004, message: "A thread has already been created for this message" },
};

interface FieldErrors {
  [field: string]: FieldErrors | { code: string; message: string }[];
}

/** Discord's refusal of a request, as its body says it. */
export class DiscordError extends Error {
  override readonly name = "DiscordError";
  readonly status: number;
  readonly code: number;
  readonly errors: FieldErrors | undefined;

  constructor(refusal: keyof typeof refusals, errors?: FieldErrors) {
    const { status, code, message } = refusals[refusal];
    super(message);
    this.status = status;
    this.code = code;
    this.errors = errors;
  }

  toResponse(): Response {
    const { status, code, message, errors } = this;
    return Response.json({ message, code, ...(errors && { errors }) }, { status });
  }
}

/** One field of a form that Discord does not take. */
export function formError(path: (string | number)[], code: string, message: string): DiscordError {
  return new DiscordError("invalid_form", nest([{ path, code, message }]));
}

/** A body or a query, checked the way Discord reports what is wrong with it. */
export function parseForm<Output>(schema: z.ZodType<Output>, value: unknown): Output {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => ({ path: issue.path.map(String), ...describe(issue) }));
  throw new DiscordError("invalid_form", nest(wrong));
}

function nest(wrong: { path: (string | number)[]; code: string; message: string }[]): FieldErrors {
  const root: FieldErrors = {};
  for (const { path, code, message } of wrong) {
    let at = root;
    for (const key of path) {
      const next = at[key];
      const inner = next === undefined || Array.isArray(next) ? {} : next;
      at[key] = inner;
      at = inner;
    }
    const known = at["_errors"];
    at["_errors"] = [...(Array.isArray(known) ? known : []), { code, message }];
  }
  return root;
}

function describe(issue: z.core.$ZodIssue): { code: string; message: string } {
  if (issue.code === "too_big" && (issue.origin === "number" || issue.origin === "int"))
    return { code: "NUMBER_TYPE_MAX", message: `int value should be less than or equal to ${issue.maximum}.` };
  if (issue.code === "too_small" && (issue.origin === "number" || issue.origin === "int"))
    return { code: "NUMBER_TYPE_MIN", message: `int value should be greater than or equal to ${issue.minimum}.` };
  if (issue.code === "too_big")
    return { code: "BASE_TYPE_MAX_LENGTH", message: `Must be ${issue.maximum} or fewer in length.` };
  if (issue.code === "too_small" || issue.input === undefined)
    return { code: "BASE_TYPE_REQUIRED", message: "This field is required" };
  if (issue.code === "invalid_type" && issue.expected === "object")
    return { code: "MODEL_TYPE_CONVERT", message: "Only dictionaries may be used in a ModelType" };
  if (issue.code === "invalid_type" && issue.expected === "string")
    return { code: "STRING_TYPE_CONVERT", message: `Could not interpret "${JSON.stringify(issue.input)}" as string.` };
  return { code: "BASE_TYPE_CHOICES", message: issue.message };
}
