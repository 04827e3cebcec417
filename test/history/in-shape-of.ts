/** A value of now in the shape of then: what was not there is left out, what is no longer there comes from then. */
export function inShapeOf(then: unknown, now: unknown): unknown {
  if (Array.isArray(then) && Array.isArray(now)) {
    return now.map((item, at) => (at < then.length ? inShapeOf(then[at], item) : item));
  }
  if (isObject(then) && isObject(now)) {
    return Object.fromEntries(Object.entries(then).map(([key, value]) => [key, inShapeOf(value, now[key])]));
  }
  if (now === undefined) return then;
  // What may be absent was null, or is null by now.
  if (then === null || now === null) return now;
  return typeof then === typeof now ? now : then;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
