import { databaseTimeoutMs } from "../../shared/limits.ts";

const asking = new Set<unknown>(["run", "first", "all", "raw", "batch", "exec"]);

/**
 * The same database, whose every answer is waited for no longer than `timeoutMs`: then it throws, whatever D1 may still do. Writes may be
 * repeated, so whoever asked may ask again.
 */
export function limitDatabase(db: D1Database, timeoutMs = databaseTimeoutMs): D1Database {
  /** D1 takes in a batch what it has made itself. */
  const originals = new WeakMap<object, D1PreparedStatement>();
  return wrap(db);

  function wrap<T extends D1Database | D1PreparedStatement>(target: T): T {
    return new Proxy(target, {
      get(_target, key) {
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== "function") return value;
        return (...given: unknown[]): unknown => {
          const answer: unknown = Reflect.apply(value, target, key === "batch" ? given.map(unwrap) : given);
          if (asking.has(key)) return inTime(Promise.resolve(answer));
          return isStatement(answer) ? remember(answer) : answer;
        };
      },
    });
  }

  function remember(statement: D1PreparedStatement): D1PreparedStatement {
    const wrapped = wrap(statement);
    originals.set(wrapped, statement);
    return wrapped;
  }

  function unwrap(given: unknown): unknown {
    return Array.isArray(given) ? given.map((one: object) => originals.get(one) ?? one) : given;
  }

  async function inTime(answer: Promise<unknown>): Promise<unknown> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error(`D1 did not answer within ${timeoutMs} ms`)), timeoutMs);
    try {
      return await Promise.race([answer, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function isStatement(value: unknown): value is D1PreparedStatement {
  return typeof value === "object" && value !== null && "bind" in value && "first" in value;
}
