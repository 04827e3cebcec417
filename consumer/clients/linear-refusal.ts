import * as z from "zod/mini";

/** What Linear means by a refusal. `invalid`: it takes no such input, and has done nothing. */
type Meaning = "limited" | "passing" | "unauthenticated" | "forbidden" | "invalid" | "rejected";

/** What a refusal is known by, the first that one of its errors says: what passes is tried again, whatever else is said. */
const names: Record<Meaning, readonly string[]> = {
  limited: ["ratelimited"],
  passing: ["locktimeout", "internalerror", "internalservererror", "networkerror", "bootstraperror"],
  unauthenticated: ["authenticationerror", "unauthenticated"],
  forbidden: ["forbidden"],
  invalid: ["invalidinput", "inputerror"],
  rejected: [
    "featurenotaccessible",
    "usagelimitexceeded",
    "usererror",
    "graphqlerror",
    "graphqlvalidationfailed",
    "graphqlparsefailed",
    "badrequest",
    "baduserinput",
  ],
};
const statuses: Record<Meaning, number> = {
  limited: 429,
  passing: 500,
  unauthenticated: 401,
  forbidden: 403,
  invalid: 400,
  rejected: 400,
};

/** What else to take a value for that is not as expected. */
const orElse = z.catch;
const text = orElse(z.optional(z.string()), undefined);
const errorSchema = z.object({
  message: text,
  extensions: orElse(z.optional(z.object({ type: text, code: text, userPresentableMessage: text })), undefined),
});
export const linearErrorsSchema = z.array(orElse(errorSchema, {}));
type LinearErrors = z.infer<typeof linearErrorsSchema>;

/** Linear's refusal in its own words, for operators. */
export class LinearRefusal extends Error {
  override readonly name = "LinearRefusal";
  /** The HTTP status that says it best: GraphQL answers 200 or 400 with errors that say more. */
  readonly status: number;
  readonly isInvalid: boolean;

  constructor(status: number, errors: LinearErrors, body: string) {
    const [first] = errors;
    const words = first?.extensions?.userPresentableMessage ?? first?.message ?? body;
    super(`HTTP ${status}: ${[first?.extensions?.code, words.slice(0, 300)].filter(Boolean).join(": ")}`);
    const meaning = meaningOf(errors);
    this.isInvalid = meaning === "invalid";
    this.status = statusOf(status, meaning);
  }
}

/** Some errors are named by their `type` ("lock timeout"), some by their `code` alone (`LOCK_TIMEOUT`). */
function meaningOf(errors: LinearErrors): Meaning | undefined {
  const said = new Set(errors.flatMap(({ extensions: { type = "", code = "" } = {} }) => [plain(type), plain(code)]));
  const meanings = ["limited", "passing", "unauthenticated", "forbidden", "invalid", "rejected"] as const;
  return meanings.find((meaning) => names[meaning].some((name) => said.has(name)));
}

function statusOf(status: number, meaning: Meaning | undefined): number {
  if (status >= 500) return status;
  if (meaning !== undefined) return statuses[meaning];
  return status === 200 ? 500 : status;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z]/g, "");
}
