import { databaseTimeoutMs } from "../../shared/limits.ts";
import { Failure } from "../../shared/failure.ts";
import { stillWanted } from "../attempt.ts";

const asking = new Set<unknown>(["run", "first", "all", "raw", "batch", "exec"]);

/**
 * The same database, whose every answer is waited for no longer than `timeoutMs`: then it throws a `Failure`, whatever D1 may still do. Writes may be
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
          const ask = (): unknown => Reflect.apply(value, target, key === "batch" ? given.map(unwrap) : given);
          if (asking.has(key)) return inTime(ask);
          const answer = ask();
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

  async function inTime(ask: () => unknown): Promise<unknown> {
    stillWanted();
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(unreachable(timeoutMs)), timeoutMs);
    try {
      return await Promise.race([ask(), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function unreachable(timeoutMs: number): Failure {
  const cause = new Error(`D1 did not answer within ${timeoutMs} ms`);
  return new Failure("database_unreachable", { reply: "My database does not answer.", retry: true, cause });
}

function isStatement(value: unknown): value is D1PreparedStatement {
  return typeof value === "object" && value !== null && "bind" in value && "first" in value;
}
