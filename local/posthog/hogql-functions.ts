import type { DatabaseSync, SQLInputValue, SQLOutputValue } from "node:sqlite";
import * as z from "zod";

type Value = SQLOutputValue;

const word = (value: Value | undefined) => String(value ?? "");

/** The functions of HogQL that this stand-in knows, as ClickHouse computes them. Times are kept as `2026-11-21T00:00:00.000Z`. */
const scalars = new Map<string, (...given: Value[]) => SQLInputValue>([
  ["toString", (value = null) => (value === null ? null : String(value))],
  ["lower", (value = null) => (value === null ? null : word(value).toLowerCase())],
  ["substring", (value, from, length) => word(value).slice(Number(from) - 1, Number(from) - 1 + Number(length))],
  ["position", (hay = null, needle) => (hay === null ? null : word(hay).indexOf(word(needle)) + 1)],
  [
    "positionCaseInsensitive",
    (hay = null, needle) => (hay === null ? null : word(hay).toLowerCase().indexOf(word(needle).toLowerCase()) + 1),
  ],
  ["fromUnixTimestamp", (seconds) => new Date(Number(seconds) * 1000).toISOString()],
  ["toUnixTimestamp64Milli", (time = null) => (time === null ? null : Date.parse(word(time)))],
]);

const stateSchema = z.array(z.union([z.string(), z.number(), z.null()]));
const readState = (state: string) => stateSchema.parse(JSON.parse(state));

/** SQLite keeps an aggregate's state, so it is text: JSON's list of what matters. */
const aggregates = new Map<
  string,
  { step: (state: string, ...given: Value[]) => string; of: (state: string) => SQLInputValue }
>([
  ["argMax", { step: (state, value, order) => later(state, value, order), of: (state) => readState(state)[0] ?? null }],
  [
    "argMaxIf",
    {
      step: (state, value, order, counts) => (counts ? later(state, value, order) : state),
      of: (state) => readState(state)[0] ?? null,
    },
  ],
  ["uniq", { step: (state, value) => joined(state, value), of: (state) => readState(state).length }],
  [
    "uniqIf",
    { step: (state, value, counts) => (counts ? joined(state, value) : state), of: (state) => readState(state).length },
  ],
  [
    "maxIf",
    {
      step: (state, value, counts) => (counts ? later(state, value, value) : state),
      of: (state) => readState(state)[0] ?? null,
    },
  ],
]);

function later(state: string, value: Value | undefined, order: Value | undefined): string {
  const [, latest] = readState(state);
  return latest !== undefined && word(order) <= word(latest) ? state : JSON.stringify([value ?? null, word(order)]);
}

function joined(state: string, value: Value | undefined): string {
  const known = readState(state);
  return value === null || value === undefined || known.includes(word(value))
    ? state
    : JSON.stringify([...known, word(value)]);
}

/** Those of SQLite itself included. */
export const knownFunctions = new Set([...scalars.keys(), ...aggregates.keys(), "min", "max", "count", "row_number"]);

/** A property as HogQL gives it: JSON's text, without the quotes around a string but with the escapes in it. */
export function propertyText(properties: Value, name: Value): string | null {
  const value = z.record(z.string(), z.unknown()).parse(JSON.parse(word(properties)))[word(name)];
  const json = value === undefined ? "null" : JSON.stringify(value);
  return json === "null" || json === '""' ? null : json.replace(/^"|"$/g, "");
}

export function addFunctions(database: DatabaseSync): void {
  for (const [name, compute] of scalars) database.function(name, { deterministic: true, varargs: true }, compute);
  database.function("property", { deterministic: true }, propertyText);
  for (const [name, { step, of }] of aggregates) {
    database.aggregate<string>(name, { start: "[]", step, result: of, varargs: true });
  }
}
