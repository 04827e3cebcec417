import { GraphQLError } from "graphql";

/** Linear answers these with HTTP 200 and `errors`; only `extensions` tells them apart. */
function inputError(message: string, code: string, userPresentableMessage: string, more: object = {}): GraphQLError {
  const extensions = { type: "invalid input", code, statusCode: 400, userError: true, userPresentableMessage, ...more };
  return new GraphQLError(message, { extensions });
}

export function notFound(entity: string): GraphQLError {
  return inputError(`Entity not found: ${entity}`, "INPUT_ERROR", `Could not find referenced ${entity}.`);
}

/** A client-made id that was used before. */
export function alreadyExists(entity: string, id: string): GraphQLError {
  const message = `Entity ${entity} with id ${id} already exists.`;
  return inputError(`conflict on insert of ${entity}`, "INPUT_ERROR", message);
}

export function invalidArgument(property: string, reason: string): GraphQLError {
  const message = `${property} ${reason}.`;
  const validationErrors = [{ property, constraints: { [property]: message } }];
  return inputError("Argument Validation Error", "INVALID_INPUT", message, { validationErrors });
}

/** Answers of the door, before any GraphQL. */
export function refusal(status: number, message: string, type: string, code: string, presentable: string): Response {
  const extensions = { type, code, statusCode: status, userError: true, userPresentableMessage: presentable };
  return Response.json({ errors: [{ message, extensions }] }, { status });
}

/** Failures of Linear's own, as faults for the stand-in: each is named by its code alone. https://linear.app/developers/rate-limiting */
export const linearFaults = {
  rateLimited: failing(400, "Rate limit exceeded", "RATELIMITED"),
  lockTimeout: failing(200, "Lock timeout", "LOCK_TIMEOUT"),
  internalError: failing(200, "Internal server error", "INTERNAL_SERVER_ERROR"),
};

function failing(status: number, message: string, code: string) {
  const headers = { "content-type": "application/json" };
  return { status, headers, body: { errors: [{ message, extensions: { code } }], data: null } };
}
