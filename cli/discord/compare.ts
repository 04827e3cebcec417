import * as z from "zod/mini";
import { chatInput } from "../../shared/discord-commands.ts";
import type { RegisteredCommand } from "./registry.ts";

export interface Difference {
  /** Where it is: `fix issue description`. */
  field: string;
  /** As JSON; undefined where it is not set. */
  before: string | undefined;
  after: string | undefined;
}

export interface Comparison {
  added: RegisteredCommand[];
  changed: { command: RegisteredCommand; differences: Difference[] }[];
  /** bugbot's own from an earlier version. */
  removed: RegisteredCommand[];
  unchanged: RegisteredCommand[];
  /** Someone else's, registered under the same application. */
  foreign: RegisteredCommand[];
}

/** What an overwrite with `wanted` would change. The order of anything and fields left at their default do not matter. */
export function compare(registered: readonly RegisteredCommand[], wanted: readonly RegisteredCommand[]): Comparison {
  const known = new Map(registered.map((command) => [keyOf(command), command]));
  const wantedKeys = new Set(wanted.map(keyOf));
  const comparison: Comparison = { added: [], changed: [], removed: [], unchanged: [], foreign: [] };
  for (const command of wanted) {
    const before = known.get(keyOf(command));
    const differences = before ? differencesBetween(before, command) : [];
    if (!before) comparison.added.push(command);
    else if (differences.length > 0) comparison.changed.push({ command, differences });
    else comparison.unchanged.push(command);
  }
  for (const command of registered.filter((each) => !wantedKeys.has(keyOf(each)))) {
    comparison[isOwn(command) ? "removed" : "foreign"].push(command);
  }
  return comparison;
}

/** As people see it: `/bugbot`, `Fix with bugbot`. */
export function labelOf({ type, name }: RegisteredCommand): string {
  return type === chatInput ? `/${name}` : name;
}

/** Discord tells commands apart by kind and name. */
function keyOf({ type, name }: RegisteredCommand): string {
  return `${type} ${name}`;
}

/** bugbot's menus, those of other versions too, say so in their names. */
function isOwn({ type, name }: RegisteredCommand): boolean {
  return type !== chatInput && name.endsWith(" with bugbot");
}

function differencesBetween(before: RegisteredCommand, after: RegisteredCommand): Difference[] {
  const [old, wanted] = [flatten(before), flatten(after)];
  return [...new Set([...old.keys(), ...wanted.keys()])]
    .map((field) => ({ field, before: old.get(field), after: wanted.get(field) }))
    .filter((each) => each.before !== each.after && !(each.after === undefined && filledIn.has(each.field)));
}

/** Of one server's commands they are not said, and Discord fills them in. */
const filledIn = new Set(["contexts", "integration_types"]);

/** What a definition can say. Discord adds more (ids, versions), which says nothing about a change. */
const plainFields = [
  "type",
  "description",
  "required",
  "autocomplete",
  "value",
  "min_length",
  "max_length",
  "contexts",
  "integration_types",
  "nsfw",
  "default_member_permissions",
  "name_localizations",
  "description_localizations",
];
const listFields = ["options", "choices"];
const listSchema = z.nullish(z.array(z.looseObject({ name: z.string() })));
const defaults = new Set(["null", "false", '""', "[]", "{}"]);

/** Every field that is not at its default, by its path of names. */
function flatten(thing: Record<string, unknown>, path: readonly string[] = []): Map<string, string> {
  const leaves = plainFields
    .map((field) => [[...path, field].join(" "), canonical(thing[field])] as const)
    .filter(([, value]) => !defaults.has(value));
  const items = listFields.flatMap((field) => listSchema.parse(thing[field]) ?? []);
  return new Map([...leaves, ...items.flatMap((item) => [...flatten(item, [...path, item.name])])]);
}

/** JSON in which order means nothing. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${sorted(value.map(canonical))}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  return `{${sorted(Object.entries(value).map(([name, field]) => `${name}: ${canonical(field)}`))}}`;
}

function sorted(texts: string[]): string {
  return texts.toSorted((one, other) => one.localeCompare(other)).join(", ");
}
