import * as z from "zod/mini";
import { apiKeyLimits } from "../../shared/limits.ts";
import type { ApiKey } from "../stores/api-keys.ts";
import type { Api, ApiNeeds } from "./api.ts";
import { readBody } from "./read-body.ts";
import { Refusal } from "./refusal.ts";

const dayMs = 24 * 60 * 60_000;
const hourMs = 60 * 60_000;
const { defaultDays, maxDays, defaultOverlapHours, maxOverlapHours } = apiKeyLimits;

const newKeySchema = z.object({
  name: z.string().check(z.regex(/^[\w.-]{1,40}$/, "a name has 1 to 40 letters, digits, dots, dashes or underscores")),
  days: z._default(z.number().check(z.gt(0), z.lte(maxDays)), defaultDays),
});
const rotationSchema = z.object({
  overlapHours: z._default(z.number().check(z.gte(0), z.lte(maxOverlapHours)), defaultOverlapHours),
});

export function addKeyRoutes(api: Api, { keys, record, now }: ApiNeeds): void {
  api.get("/keys", async (c) => c.json(await keys.list()));

  api.post("/keys", async (c) => {
    const { name, days } = await readBody(c, newKeySchema);
    const expiresAt = now() + days * dayMs;
    const { id, key } = await keys.create(name, now(), expiresAt);
    await note(c.get("operator"), "created_key", id, { name });
    return c.json({ id, name, key, expiresAt }, 201);
  });

  api.post("/keys/:id/rotate", async (c) => {
    const old = await active(c.req.param("id"));
    const { overlapHours } = await readBody(c, rotationSchema);
    // The new one lives as long as the old one was meant to.
    const expiresAt = now() + (old.expiresAt - old.createdAt);
    const { id, key } = await keys.create(old.name, now(), expiresAt);
    await keys.replace(old.id, id, now() + overlapHours * hourMs);
    await note(c.get("operator"), "rotated_key", old.id, { name: old.name, replacedBy: id, overlapHours });
    return c.json({ id, name: old.name, key, expiresAt }, 201);
  });

  api.post("/keys/:id/revoke", async (c) => {
    const { id, name } = await active(c.req.param("id"));
    await keys.revoke(id, now());
    await note(c.get("operator"), "revoked_key", id, { name });
    return c.json({ id, status: "revoked" });
  });

  async function note(
    actor: string,
    action: string,
    id: string,
    facts: Record<string, string | number>,
  ): Promise<void> {
    await record({ deed: `key ${id} ${action}`, actor, action, subject: id, facts });
  }

  async function active(id: string): Promise<ApiKey> {
    const key = await keys.find(id);
    if (!key)
      throw new Refusal(404, "no_such_key", `There is no key ${id}. \`npx bugbot keys list\` shows what there is.`);
    if (key.revokedAt !== null) throw new Refusal(409, "revoked", `The key ${id} is revoked already.`);
    if (key.replacedBy !== null)
      throw new Refusal(409, "replaced", `The key ${id} was replaced by ${key.replacedBy}: revoke or rotate that one.`);
    return key;
  }
}
