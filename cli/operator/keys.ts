import { type Command, Option } from "commander";
import * as z from "zod/mini";
import { type ApiKeyInfo, apiKeySchema, type KeyScope, keyScopes, newKeySchema } from "../../shared/api.ts";
import { apiKeyLimits, apiKeyName, apiPage } from "../../shared/limits.ts";
import { anId, matching, partOf, wholeNumber } from "../parse-option.ts";
import { wrap } from "../wrap.ts";
import { createApi } from "./api.ts";
import { print, table, tellOlder, when } from "./print.ts";

const createSchema = z.object({
  json: z._default(z.boolean(), false),
  name: z.string(),
  days: z.number(),
  scope: z.string(),
});
const listSchema = z.object({
  json: z._default(z.boolean(), false),
  limit: z.number(),
  before: z.optional(z.string()),
});
const rotateSchema = z.object({ json: z._default(z.boolean(), false), overlapHours: z.number() });
const jsonSchema = z.object({ json: z._default(z.boolean(), false) });
const { defaultDays, maxDays, defaultOverlapHours, maxOverlapHours } = apiKeyLimits;
const parseName = matching(apiKeyName.pattern, `${apiKeyName.rule}.`);

/** `bugbot keys …` */
export function addKeys(keys: Command): void {
  keys
    .command("create")
    .summary("make an API key")
    .description("Makes an API key. It is shown once: only its SHA-256 is kept.")
    .requiredOption("--name <name>", "who or what uses it", parseName)
    .option("--days <n>", "how long it is good", partOf(maxDays), defaultDays)
    .addOption(
      new Option("--scope <scope>", "read: looks, and changes nothing; admin: may do everything")
        .choices(keyScopes)
        .default("read"),
    )
    .option("--json", "print JSON")
    .action(async (given: unknown) => {
      const { json, name, days, scope } = createSchema.parse(given);
      print(...shown(json, await createApi().post("/keys", newKeySchema, { name, days, scope })));
    });

  keys
    .command("list")
    .summary("show the keys, never the keys themselves")
    .description("Shows each key's name, state, age and last use, newest first.")
    .option("--limit <n>", "at most this many", wholeNumber(1, apiPage.keys), 200)
    .option("--before <id>", "only those made before this one", anId)
    .option("--json", "print JSON")
    .action(async (given: unknown) => {
      const { json, limit, before } = listSchema.parse(given);
      const { rows, older } = await createApi().list("/keys", { limit, before }, apiKeySchema);
      const words = table(
        rows,
        [
          { title: "ID", cell: ({ id }) => id },
          { title: "NAME", cell: ({ name }) => name },
          { title: "STATE", cell: stateOf, colour: (key) => (stateOf(key) === "good" ? "green" : "dim") },
          { title: "MAY", cell: ({ scope }) => scope },
          { title: "CREATED (UTC)", cell: ({ createdAt }) => when(createdAt), folds: true },
          { title: "EXPIRES (UTC)", cell: ({ expiresAt }) => when(expiresAt) },
          { title: "LAST USED (UTC)", cell: ({ lastUsedAt }) => when(lastUsedAt) || "never" },
        ],
        "No keys yet. `npx bugbot keys create --name <name>` makes one.",
      );
      print(json, rows, words);
      tellOlder(older);
    });

  keys
    .command("rotate")
    .argument("<id>", "the key to replace", anId)
    .summary("replace a key; both are good for a while")
    .description(
      "Makes a key that replaces another. The old one goes on for the overlap, so that nothing stands still meanwhile.",
    )
    .option(
      "--overlap-hours <n>",
      "how long the old one goes on",
      partOf(maxOverlapHours, { orNone: true }),
      defaultOverlapHours,
    )
    .option("--json", "print JSON")
    .action(async (id: string, given: unknown) => {
      const { json, overlapHours } = rotateSchema.parse(given);
      print(
        ...shown(
          json,
          await createApi().post(`/keys/${encodeURIComponent(id)}/rotate`, newKeySchema, { overlapHours }),
        ),
      );
    });

  keys
    .command("revoke")
    .argument("<id>", "the key", anId)
    .summary("end a key at once")
    .description("Ends a key at once.")
    .option("--json", "print JSON")
    .action(async (id: string, given: unknown) => {
      const revoked = await createApi().post(
        `/keys/${encodeURIComponent(id)}/revoke`,
        z.object({ id: z.string(), status: z.string() }),
      );
      print(jsonSchema.parse(given).json, revoked, `Revoked ${revoked.id}.`);
    });
}

const scopeInWords: Readonly<Record<KeyScope, string>> = {
  read: "reads, and changes nothing; `--scope admin` makes one that may do everything.",
  admin: "may do everything, make and revoke other keys included.",
};

function shown(json: boolean, made: z.infer<typeof newKeySchema>): [boolean, unknown, string] {
  const { key, id, name, scope, expiresAt } = made;
  const words = `The key ${id} (${name}) ${scopeInWords[scope]} It is good until ${when(expiresAt)} UTC, and is not shown again: keep it as BUGBOT_API_KEY.`;
  return [json, made, wrap(`${key}\n\n${words}`)];
}

function stateOf({ revokedAt, expiresAt, replacedBy }: ApiKeyInfo): string {
  if (revokedAt !== null) return "revoked";
  if (expiresAt <= Date.now()) return "expired";
  return replacedBy === null ? "good" : "replaced";
}
