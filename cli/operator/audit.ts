import type { Command } from "commander";
import * as z from "zod/mini";
import { type AuditEntry, auditEntrySchema, hashEntry } from "../../shared/audit-entry.ts";
import { unsealedSchema } from "../../shared/api.ts";
import { type Api, createApi, failed } from "./api.ts";
import { print, table, when } from "./print.ts";

const listSchema = z.object({ json: z._default(z.boolean(), false), about: z.optional(z.string()), limit: z.string() });
const verifySchema = z.object({ json: z._default(z.boolean(), false), seal: z.optional(z.string()) });
const pageSize = 500;

/** `bugbot audit …` */
export function addAudit(audit: Command): void {
  audit
    .command("list")
    .summary("show who asked, what was decided, what was changed")
    .description("Shows the newest entries of the audit, in order.")
    .option("--about <id>", "only this command, dead letter or key")
    .option("--limit <n>", "at most this many", "50")
    .option("--json", "print JSON")
    .action(async (given: unknown) => {
      const { json, about, limit } = listSchema.parse(given);
      const query = new URLSearchParams({ limit, ...(about && { subject: about }) });
      const api = createApi();
      const { entries: waiting } = await api.get(`/audit/unsealed?${query.toString()}`, unsealedSchema);
      // Asked second: what was sealed between the two is in both, not in neither.
      const sealed = await api.get(`/audit?${query.toString()}`, z.array(auditEntrySchema));
      const known = new Set(sealed.map(({ deed }) => deed));
      const unsealed = waiting.filter(({ deed }) => !known.has(deed)).map((entry) => ({ ...entry, seq: null }));
      const entries = [...sealed, ...unsealed];
      const words = table(
        entries,
        [
          { title: "SEQ", cell: ({ seq }) => (seq === null ? "–" : String(seq)), whole: true },
          { title: "WHEN (UTC)", cell: ({ at }) => when(at), whole: true },
          { title: "WHO", cell: ({ actor }) => actor },
          { title: "DID", cell: ({ action }) => action },
          { title: "ABOUT", cell: ({ subject }) => subject },
          { title: "FACTS", cell: factsOf },
        ],
        "Nothing yet.",
      );
      print(json, entries, words);
    });

  audit
    .command("verify")
    .summary("check that nothing in it was changed or taken out")
    .description(
      "Reads the whole audit and computes its chain of hashes anew, on this machine. Prints the newest entry's seal: kept elsewhere, " +
        "it shows later with --seal that the audit was not cut off and written anew.",
    )
    .option("--seal <seq:hash>", "a seal printed earlier, which must still be in the chain")
    .option("--json", "print JSON")
    .action(async (given: unknown) => {
      const { json, seal } = verifySchema.parse(given);
      const api = createApi();
      const { entries, last, broken } = await verify(api, seal);
      if (broken !== undefined) {
        if (json) console.log(JSON.stringify({ verified: false, entries, broken }, null, 2));
        throw failed(`The audit is not whole: ${broken}`);
      }
      const { count: unsealed } = await api.get("/audit/unsealed?limit=1", unsealedSchema);
      const words = [
        `${entries} entries, an unbroken chain.${last ? ` Seal: ${last}` : ""}`,
        ...(unsealed > 0 ? [`Not sealed yet: ${unsealed}. They are within a minute.`] : []),
      ];
      print(json, { verified: true, entries, unsealed, seal: last ?? null }, words.join("\n"));
    });
}

async function verify(api: Api, seal: string | undefined) {
  let previous: AuditEntry | undefined;
  let sealed = seal === undefined;
  for (;;) {
    const after = previous?.seq ?? 0;
    const page = await api.get(`/audit?after=${after}&limit=${pageSize}`, z.array(auditEntrySchema));
    for (const entry of page) {
      const { seq } = entry;
      if (seq !== (previous?.seq ?? 0) + 1)
        return { entries: seq, broken: `entry ${(previous?.seq ?? 0) + 1} is missing.` };
      if (entry.previous !== (previous?.hash ?? ""))
        return { entries: seq, broken: `entry ${seq} does not follow the one before it.` };
      if (entry.hash !== (await hashEntry(entry)))
        return { entries: seq, broken: `entry ${seq} is not what was written.` };
      if (sealOf(entry) === seal) sealed = true;
      previous = entry;
    }
    if (page.length < pageSize) break;
  }
  const entries = previous?.seq ?? 0;
  if (!sealed) return { entries, broken: `${seal} is not in it: it was written anew, or cut off.` };
  return { entries, last: previous && sealOf(previous) };
}

function sealOf({ seq, hash }: AuditEntry): string {
  return `${seq}:${hash}`;
}

/** `outcome=failed why=…` */
export function factsOf({ facts }: Pick<AuditEntry, "facts">): string {
  const parsed = z.record(z.string(), z.unknown()).safeParse(JSON.parse(facts));
  return Object.entries(parsed.data ?? {})
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(" ");
}
