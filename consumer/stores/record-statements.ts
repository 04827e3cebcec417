/** A statement that was carried out: its text, and what was bound to it. */
export interface Statement {
  sql: string;
  values: readonly unknown[];
}

const asking = new Set<unknown>(["run", "first", "all", "raw"]);

/** The same database, and every statement that it is asked, in order. */
export function recordStatements(db: D1Database): { db: D1Database; statements: Statement[] } {
  const statements: Statement[] = [];
  /** D1 takes in a batch what it has made itself. */
  const made = new WeakMap<object, { statement: D1PreparedStatement; text: Statement }>();

  function wrap(statement: D1PreparedStatement, text: Statement): D1PreparedStatement {
    const wrapped = new Proxy(statement, {
      get(_target, key) {
        if (key === "bind") {
          return (...values: unknown[]) => wrap(statement.bind(...values), { sql: text.sql, values });
        }
        const value: unknown = Reflect.get(statement, key);
        if (typeof value !== "function") return value;
        return (...given: unknown[]): unknown => {
          if (asking.has(key)) statements.push(text);
          return Reflect.apply(value, statement, given);
        };
      },
    });
    made.set(wrapped, { statement, text });
    return wrapped;
  }

  const recorded: D1Database = Object.assign(Object.create(db), {
    prepare: (sql: string) => wrap(db.prepare(sql), { sql, values: [] }),
    batch: (given: D1PreparedStatement[]) => {
      const known = given.flatMap((one) => made.get(one) ?? []);
      statements.push(...known.map(({ text }) => text));
      return db.batch(known.map(({ statement }) => statement));
    },
  });
  return { db: recorded, statements };
}
