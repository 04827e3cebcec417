import { type Command, Option } from "commander";
import * as z from "zod/mini";
import { type AuditEntry, auditEntrySchema, hashEntry } from "../../shared/audit-entry.ts";
import { unsealedSchema } from "../../shared/api.ts";
import { apiPage, maxUnsealedMs } from "../../shared/limits.ts";
import { anId, matching, wholeNumber } from "../parse-option.ts";
import { wrap } from "../wrap.ts";
import { type Api, createApi, failed } from "./api.ts";
import { print, table, tellOlder, toJson, when } from "./print.ts";

const listSchema = z.object({
  json: z._default(z.boolean(), false),
  command: z.optional(z.string()),
  about: z.optional(z.string()),
  limit: z.number(),
  before: z.optional(z.number()),
});
const verifySchema = z.object({ json: z._default(z.boolean(), false), seal: z.optional(z.string()) });
const parseSeal = matching(
  /^\d+:[0-9a-f]{64}$/,
  "A seal is a number, a colon and 64 hex digits, as `bugbot audit verify` prints it.",
);

/** `bugbot audit …` */
export function addAudit(audit: Command): void {
  audit
    .command("list")
    .summary("show who asked, what was decided, what was changed")
    .description("Shows the newest entries of the audit, in order.")
    .option("--command <id>", "only what is about this command", anId)
    .addOption(
      new Option("--about <id>", "only what is about this dead letter or key").argParser(anId).conflicts("command"),
    )
    .option("--limit <n>", "at most this many", wholeNumber(1, apiPage.audit), 50)
    .option("--before <seq>", "only what is before this entry", wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option("--json", "print JSON")
    .action(async (given: unknown) => {
      const { json, command, about = command, limit, before } = listSchema.parse(given);
      const api = createApi();
      const newest = new URLSearchParams({ limit: String(limit), ...(about && { subject: about }) });
      const waiting =
        before === undefined ? (await api.get(`/audit/unsealed?${newest.toString()}`, unsealedSchema)).entries : [];
      // Asked second: what was sealed between the two is in both, not in neither.
      const { rows, older } = await api.list("/audit", { limit, subject: about, before }, auditEntrySchema);
      const sealed = rows.toReversed();
      const known = new Set(sealed.map(({ deed }) => deed));
      const unsealed = waiting.filter(({ deed }) => !known.has(deed)).map((entry) => ({ ...entry, seq: null }));
      const entries = [...sealed, ...unsealed];
      const words = table(
        entries,
        [
          { title: "SEQ", cell: ({ seq }) => (seq === null ? "–" : String(seq)) },
          { title: "WHEN (UTC)", cell: ({ at }) => when(at) },
          { title: "WHO", cell: ({ actor }) => actor, least: 16 },
          { title: "DID", cell: ({ action }) => action },
          ...(about === undefined
            ? [{ title: "ABOUT", cell: ({ subject }: Pick<AuditEntry, "subject">) => subject, folds: true }]
            : []),
          { title: "FACTS", cell: factsOf, least: 24, folds: about !== undefined },
        ],
        about === undefined ? "Nothing yet." : `The audit has nothing about ${about}.`,
      );
      print(json, entries, words);
      tellOlder(older);
    });

  audit
    .command("verify")
    .summary("check that nothing in it was changed or taken out")
    .description(
      "Reads the whole audit and computes its chain of hashes anew, on this machine. Prints the newest entry's seal: kept elsewhere, " +
        "it shows later with --seal that the audit was not cut off and written anew.",
    )
    .option("--seal <seq:hash>", "a seal printed earlier, which must still be in the chain", parseSeal)
    .option("--json", "print JSON")
    .action(async (given: unknown) => {
      const { json, seal } = verifySchema.parse(given);
      const api = createApi();
      const { entries, last, broken } = await verify(api, seal);
      if (broken !== undefined) {
        if (json) console.log(toJson({ verified: false, entries, broken }, 2));
        throw failed(`The audit is not whole: ${broken}`);
      }
      const { count: unsealed, entries: waiting } = await api.get("/audit/unsealed?limit=1", unsealedSchema);
      const [oldest] = waiting;
      if (oldest && oldest.at < Date.now() - maxUnsealedMs) {
        if (json) console.log(toJson({ verified: false, entries, unsealed, seal: last ?? null }, 2));
        throw failed(
          `The audit is not verified: ${unsealed} ${unsealed === 1 ? "waits" : "wait"} to be sealed, since ${when(oldest.at)}, and until then could be taken ` +
            "out unseen. Look at the consumer Worker's cron trigger, and its log for audit_not_sealed.",
        );
      }
      const words = [
        `${entries} entries, an unbroken chain.${last ? ` Seal: ${last}` : ""}`,
        ...(unsealed > 0 ? [`Not sealed yet: ${unsealed}. They are within a minute.`] : []),
      ];
      print(json, { verified: true, entries, unsealed, seal: last ?? null }, wrap(words.join("\n")));
    });
}

async function verify(api: Api, seal: string | undefined) {
  let previous: AuditEntry | undefined;
  let sealed = seal === undefined;
  for (;;) {
    const after = previous?.seq ?? 0;
    const page = await api.get(`/audit?after=${after}&limit=${apiPage.audit}`, z.array(auditEntrySchema));
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
    if (page.length < apiPage.audit) break;
  }
  const entries = previous?.seq ?? 0;
  if (!sealed) return { entries, broken: `${seal} is not in it: it was written anew, or cut off.` };
  return { entries, last: previous && sealOf(previous) };
}

function sealOf({ seq, hash }: AuditEntry): string {
  return `${seq}:${hash}`;
}

/** `outcome=failed why=…` */
function factsOf({ facts }: Pick<AuditEntry, "facts">): string {
  const parsed = z.record(z.string(), z.unknown()).safeParse(JSON.parse(facts));
  return Object.entries(parsed.data ?? {})
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(" ");
}
