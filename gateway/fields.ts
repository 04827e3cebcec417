/** Reading single fields of JSON without a schema, where every message passes. */

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function filled(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
