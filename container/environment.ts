import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { interceptionCaPath } from "./limits.ts";

export type Environment = Record<string, string>;

/** The server's variables that git and the agent may know. Nothing else of its environment is handed on. */
const handedOn = ["PATH", "LANG", "TZ", "NODE_EXTRA_CA_CERTS", "GIT_SSL_CAINFO", "SSL_CERT_FILE"];

/** Keeps git and npm from asking, from reading this machine's settings, and from calling home. */
const quiet: Environment = {
  GIT_TERMINAL_PROMPT: "0",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_ATTR_NOSYSTEM: "1",
  npm_config_audit: "false",
  npm_config_fund: "false",
  npm_config_update_notifier: "false",
};

/** The environment of everything a job runs: an explicit list, with a home of the job's own below `folder`. */
export async function createEnvironment(
  server: NodeJS.ProcessEnv,
  folder: string,
  registryUrl?: string,
): Promise<Environment> {
  const own = { HOME: join(folder, "home"), TMPDIR: join(folder, "tmp") };
  for (const path of Object.values(own)) await mkdir(path);
  const given = handedOn.flatMap((name) => (server[name] ? [[name, server[name]]] : []));
  const trusted = existsSync(interceptionCaPath)
    ? { NODE_EXTRA_CA_CERTS: interceptionCaPath, GIT_SSL_CAINFO: interceptionCaPath }
    : {};
  const registry: Environment = registryUrl === undefined ? {} : { npm_config_registry: registryUrl };
  return { ...Object.fromEntries(given), ...trusted, ...quiet, ...registry, ...own };
}
