/** A condition of SQL with a `?` for each of its values. */
type Condition = readonly [sql: string, ...values: (string | number)[]];

/**
 * `WHERE`, with those conditions that are not `false`; nothing without any. One that does not count is left out: SQLite uses no index for
 * `? IS NULL OR …`.
 */
export function where(...conditions: readonly (Condition | false)[]): { sql: string; values: (string | number)[] } {
  const held = conditions.filter((condition) => condition !== false);
  return {
    sql: held.length === 0 ? "" : `WHERE ${held.map(([sql]) => sql).join(" AND ")}`,
    values: held.flatMap(([, ...values]) => values),
  };
}
