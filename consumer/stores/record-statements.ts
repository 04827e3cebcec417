/** The same database, and every statement that is made with it: its text, and what was bound to it last. */
export function recordStatements(db: D1Database): { db: D1Database; statements: Map<string, unknown[]> } {
  const statements = new Map<string, unknown[]>();
  /** D1 takes in a batch what it has made itself. */
  const originals = new WeakMap<object, D1PreparedStatement>();

  function wrap(sql: string, statement: D1PreparedStatement): D1PreparedStatement {
    const wrapped = new Proxy(statement, {
      get(_target, key) {
        if (key === "bind") return bind;
        const value: unknown = Reflect.get(statement, key);
        return typeof value === "function" ? (...given: unknown[]) => Reflect.apply(value, statement, given) : value;
      },
    });
    originals.set(wrapped, statement);
    return wrapped;

    function bind(...values: unknown[]): D1PreparedStatement {
      statements.set(sql, values);
      return wrap(sql, statement.bind(...values));
    }
  }

  const recorded: D1Database = Object.assign(Object.create(db), {
    prepare(sql: string) {
      if (!statements.has(sql)) statements.set(sql, []);
      return wrap(sql, db.prepare(sql));
    },
    batch: (given: D1PreparedStatement[]) => db.batch(given.map((one) => originals.get(one) ?? one)),
  });
  return { db: recorded, statements };
}
