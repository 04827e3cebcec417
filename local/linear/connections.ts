import * as z from "zod";
import { invalidArgument } from "./errors.ts";

export interface ConnectionArguments {
  after?: string | null;
  filter?: Record<string, unknown> | null;
  first?: number | null;
  orderBy?: "createdAt" | "updatedAt" | null;
}

const objectSchema = z.record(z.string(), z.unknown());
const objectsSchema = z.array(objectSchema);

/** A page of entities, newest first as Linear orders them. */
export function connection<Entity extends { id: string; createdAt: string; updatedAt: string }>(
  entities: Entity[],
  { after, filter, first, orderBy }: ConnectionArguments,
) {
  if (first && first > 250) throw invalidArgument("first", "must not be greater than 250");
  const order = orderBy ?? "createdAt";
  const found = entities.toReversed().filter((entity) => !filter || matches(objectSchema.parse(entity), filter));
  const ordered = found.toSorted((one, other) => other[order].localeCompare(one[order]));
  const start = after ? ordered.findIndex(({ id }) => id === after) + 1 : 0;
  const nodes = ordered.slice(start, start + (first ?? 50));
  const pageInfo = {
    startCursor: nodes[0]?.id ?? null,
    endCursor: nodes.at(-1)?.id ?? null,
    hasPreviousPage: start > 0,
    hasNextPage: start + nodes.length < ordered.length,
  };
  return { nodes, pageInfo };
}

function matches(entity: Record<string, unknown>, filter: Record<string, unknown>): boolean {
  return Object.entries(filter).every(([name, condition]) => {
    if (name === "and") return objectsSchema.parse(condition).every((each) => matches(entity, each));
    if (name === "or") return objectsSchema.parse(condition).some((each) => matches(entity, each));
    const field = entity[name];
    const value = typeof field === "function" ? field({}) : field;
    const inner = objectSchema.safeParse(value);
    const conditions = objectSchema.parse(condition);
    return inner.success ? matches(inner.data, conditions) : compare(value, conditions);
  });
}

function compare(value: unknown, comparator: Record<string, unknown>): boolean {
  const text = typeof value === "string" ? value : JSON.stringify(value ?? "");
  return Object.entries(comparator).every(([name, wanted]) => {
    const words = String(wanted);
    switch (name) {
      case "eq":
        return value === wanted;
      case "neq":
        return value !== wanted;
      case "in":
        return Array.isArray(wanted) && wanted.includes(value);
      case "nin":
        return Array.isArray(wanted) && !wanted.includes(value);
      case "eqIgnoreCase":
        return text.toLowerCase() === words.toLowerCase();
      case "contains":
        return text.includes(words);
      case "containsIgnoreCase":
        return text.toLowerCase().includes(words.toLowerCase());
      case "startsWith":
        return text.startsWith(words);
      default:
        throw new Error(`the stand-in knows no comparator ${name}`);
    }
  });
}
