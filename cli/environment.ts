import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseEnv } from "node:util";

/** The environment, and `.dev.vars` of the folder the command is run in for what the environment does not set. */
export function readEnvironment(): Record<string, string | undefined> {
  const path = resolve(".dev.vars");
  return { ...(existsSync(path) && parseEnv(readFileSync(path, "utf8"))), ...process.env };
}
