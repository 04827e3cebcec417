import { createHash } from "node:crypto";

export interface ThrownFrame {
  source: string;
  line: number;
  name: string;
  /** Default true. */
  inApp?: boolean;
}

/** What an SDK sends of an exception: the caught one first, its root cause last; the throwing frame last. */
export interface Thrown {
  type: string;
  value: string;
  frames?: ThrownFrame[];
}

/** The properties that error tracking makes of an exception, its issue among them: the same error is the same issue. */
export function exceptionProperties(chain: readonly Thrown[]) {
  const frames = chain.flatMap(({ frames: own = [] }) => own);
  const identity = [...chain.map(({ type }) => type), ...frames.map(({ source, name }) => `${source} ${name}`)];
  const told = frames.length > 0 ? identity : [...identity, ...chain.map(({ value }) => value)];
  const fingerprint = createHash("sha512").update(told.join("\n")).digest("hex");
  return {
    $exception_list: chain.map(({ type, value, frames: own = [] }) => ({
      type,
      value,
      mechanism: { type: "generic", handled: false, synthetic: false },
      stacktrace: {
        type: "resolved",
        frames: own.map(({ source, line, name, inApp = true }) => ({
          raw_id: createHash("sha512").update(`${source}:${line}`).digest("hex"),
          mangled_name: name,
          line,
          column: 1,
          source,
          in_app: inApp,
          resolved_name: name,
          lang: "javascript",
          resolved: true,
          synthetic: false,
        })),
      },
    })),
    $exception_types: chain.map(({ type }) => type),
    $exception_values: chain.map(({ value }) => value),
    $exception_sources: [...new Set(frames.map(({ source }) => source))],
    $exception_functions: [...new Set(frames.map(({ name }) => name))],
    $exception_fingerprint: fingerprint,
    $exception_issue_id: uuidOf(fingerprint),
  };
}

/** Always the same UUID for the same text. */
export function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `7${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}
