import { waitUntil } from "cloudflare:workers";
import { createLog } from "../../shared/log.ts";
import { ruleFaults, rulesOf } from "../../shared/rules-of.ts";
import { readSettings, secretsOf } from "../../shared/settings.ts";
import { githubAccess } from "../clients/github-access.ts";
import { createLeases } from "../stores/leases.ts";
import { limitDatabase } from "../stores/limit-database.ts";
import { createSpending } from "../stores/spending.ts";
import type { EgressNeeds } from "./serve-egress.ts";

/** The egress runs in an isolate of its own for each request: it is wired from the environment every time. */
export function egressNeeds(env: Env): EgressNeeds {
  const settings = readSettings(env);
  const db = limitDatabase(env.DB);
  return {
    findLease: (id) => createLeases(db).find(id),
    notePush: (leaseId, commit) => createLeases(db).notePush(leaseId, commit, Date.now()),
    upstreams: {
      model: { url: settings.ANTHROPIC_BASE_URL, apiKey: settings.ANTHROPIC_API_KEY ?? "" },
      git: { url: settings.GITHUB_URL, access: githubAccess(settings) },
      registries: (repository) => (ruleFaults(settings).length > 0 ? [] : rulesOf(settings, repository).registries),
    },
    spending: createSpending(db),
    waitUntil,
    log: createLog("egress", secretsOf(settings)),
    now: Date.now,
  };
}
