import * as z from "zod/mini";

const settingsSchema = z.object({ DATABASE_GATE_URL: z.string() });
const asking = new Set<unknown>(["run", "first", "all", "raw", "batch"]);

/** The environment, with a database whose every statement passes a gate that a test holds: before its effect and after it. */
export function slow(env: Env): Env {
  const { DATABASE_GATE_URL: gateUrl } = settingsSchema.parse(env);
  const originals = new WeakMap<object, unknown>();

  const pass = async (when: "before" | "after") => (await fetch(`${gateUrl}/${when}`)).text();

  function wrap<T extends object>(target: T): T {
    const wrapped = new Proxy(target, {
      get(_target, key) {
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== "function") return value;
        return (...given: unknown[]): unknown => {
          const call = (): unknown => Reflect.apply(value, target, key === "batch" ? given.map(unwrap) : given);
          if (asking.has(key)) return passed(call);
          const made = call();
          return typeof made === "object" && made !== null ? wrap(made) : made;
        };
      },
    });
    originals.set(wrapped, target);
    return wrapped;
  }
  async function passed(call: () => unknown): Promise<unknown> {
    await pass("before");
    const answer = await call();
    await pass("after");
    return answer;
  }
  function unwrap(given: unknown): unknown {
    return Array.isArray(given) ? given.map((one: object) => originals.get(one) ?? one) : given;
  }
  return { ...env, DB: wrap(env.DB) };
}
