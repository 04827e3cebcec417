import * as z from "zod/mini";
import { keyScopes } from "../../shared/api.ts";
import { apiKeyLimits, apiKeyName, apiPage } from "../../shared/limits.ts";
import type { ApiKey } from "../stores/api-keys.ts";
import type { Api, ApiNeeds } from "./api.ts";
import { answerPage } from "./answer-page.ts";
import { readBody } from "./read-body.ts";
import { readNumber } from "./read-number.ts";
import { Refusal } from "./refusal.ts";

const dayMs = 24 * 60 * 60_000;
const hourMs = 60 * 60_000;
const { defaultDays, maxDays, defaultOverlapHours, maxOverlapHours } = apiKeyLimits;

const newKeySchema = z.strictObject({
  name: z.string().check(z.regex(apiKeyName.pattern, apiKeyName.rule)),
  days: z._default(z.number().check(z.gt(0), z.lte(maxDays)), defaultDays),
  scope: z._default(z.enum(keyScopes), "read"),
});
const rotationSchema = z.strictObject({
  overlapHours: z._default(z.number().check(z.gte(0), z.lte(maxOverlapHours)), defaultOverlapHours),
});

export function addKeyRoutes(api: Api, { keys, now }: ApiNeeds): void {
  api.get("/keys", async (c) => {
    const limit = readNumber("limit", c.req.query("limit"), { fallback: 200, min: 1, max: apiPage.keys });
    const before = c.req.query("before");
    if (before !== undefined) await find(before);
    return answerPage(c, await keys.list(limit + 1, before), limit, ({ id }) => id);
  });

  api.post("/keys", async (c) => {
    const { name, days, scope } = await readBody(c, newKeySchema);
    const expiresAt = now() + Math.round(days * dayMs);
    const { id, key } = await keys.create({ name, scope, expiresAt }, c.get("operator"), now());
    return c.json({ id, name, scope, key, expiresAt }, 201);
  });

  api.post("/keys/:id/rotate", async (c) => {
    const old = await find(c.req.param("id"));
    const { overlapHours } = await readBody(c, rotationSchema);
    // The new one lives as long as the old one was meant to.
    const expiresAt = now() + (old.expiresAt - old.createdAt);
    const endsAt = now() + Math.round(overlapHours * hourMs);
    const made = await keys.rotate(old, { endsAt, expiresAt }, c.get("operator"), now());
    if (!made) throw notRotated(await find(old.id));
    return c.json({ ...made, name: old.name, scope: old.scope, expiresAt }, 201);
  });

  /** Whatever became of a key: as long as it is not revoked, it can be. */
  api.post("/keys/:id/revoke", async (c) => {
    const key = await find(c.req.param("id"));
    if (!(await keys.revoke(key, c.get("operator"), now())))
      throw new Refusal(409, "revoked", `The key ${key.id} is revoked already.`);
    return c.json({ id: key.id, status: "revoked" });
  });

  async function find(id: string): Promise<ApiKey> {
    const key = await keys.find(id);
    if (key) return key;
    throw new Refusal(404, "no_such_key", `There is no key ${id}. \`npx bugbot keys list\` shows what there is.`);
  }
}

function notRotated({ id, revokedAt, replacedBy }: ApiKey): Refusal {
  if (revokedAt !== null) return new Refusal(409, "revoked", `The key ${id} is revoked: create another.`);
  if (replacedBy !== null)
    return new Refusal(409, "replaced", `The key ${id} was replaced by ${replacedBy}: rotate that one.`);
  return new Refusal(409, "expired", `The key ${id} has expired: create another.`);
}
