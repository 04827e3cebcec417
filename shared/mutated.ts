import * as fc from "fast-check";

type Path = readonly (string | number)[];

const values = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "",
    "(",
    "[",
    "*",
    "\\",
    "__proto__",
    "constructor",
    "<@UBOT>",
    "<@UBOT> help",
    "UBOT",
    "x",
    "im",
    "0",
  ),
  fc.constantFrom("bugbot:fix:c", "bugbot:ask:c", "acme/shop", "message", "block_actions", "view_submission", "null"),
);
const edits = fc.array(
  fc.tuple(
    fc.nat(),
    fc.oneof(
      fc.constant({ kind: "delete" as const }),
      values.map((value) => ({ kind: "set" as const, value })),
    ),
  ),
  { maxLength: 4 },
);

/** `shape` with up to four of its parts taken out or replaced; for property tests. */
export function mutated(shape: object): fc.Arbitrary<object> {
  return edits.map((chosen) => {
    let result: unknown = shape;
    for (const [at, edit] of chosen) {
      const all = paths(result);
      const path = all[at % Math.max(all.length, 1)];
      if (path) result = edit.kind === "delete" ? change(result, path) : change(result, path, { value: edit.value });
    }
    return typeof result === "object" && result !== null ? result : {};
  });
}

function paths(value: unknown, at: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => [
    [...at, key],
    ...paths(inner, [...at, key]),
  ]);
}

/** A copy in which the part at `path` is `put`'s value, or gone. */
function change(value: unknown, [key = "", ...rest]: Path, put?: { value: unknown }): unknown {
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    if (name !== key) return [[name, inner]];
    if (rest.length > 0) return [[name, change(inner, rest, put)]];
    return put ? [[name, put.value]] : [];
  });
  if (Array.isArray(value)) return entries.map(([, inner]) => inner);
  const changed: unknown = Object.fromEntries(entries);
  return changed;
}
