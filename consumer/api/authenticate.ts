import type { KeyScope } from "../../shared/api.ts";
import type { ApiKeys } from "../stores/api-keys.ts";
import { Refusal } from "./refusal.ts";

/** Who asks, as the audit names them: `admin`, or `key:<name>/<id>`: several keys may have one name. */
export type Operator = string;

export interface AuthenticateNeeds {
  keys: Pick<ApiKeys, "use">;
  /** `BUGBOT_ADMIN_KEY`, where it is set: it makes the first key. */
  adminKey: string | undefined;
  now: () => number;
}

const howTo =
  "Send `Authorization: Bearer <key>`. `npx bugbot keys create` makes a key; BUGBOT_ADMIN_KEY is the first one.";

/** Throws a `Refusal` (401) unless the request bears a key that opens the API. */
export async function authenticate(
  authorization: string | undefined,
  { keys, adminKey, now }: AuthenticateNeeds,
): Promise<{ operator: Operator; scope: KeyScope }> {
  const [, given] = /^Bearer +(\S+)$/i.exec(authorization ?? "") ?? [];
  if (given === undefined) throw new Refusal(401, "no_key", `An API key is needed. ${howTo}`);
  if (adminKey !== undefined && (await isSame(given, adminKey))) return { operator: "admin", scope: "admin" };
  const key = /^bm_[0-9a-f]{64}$/.test(given) ? await keys.use(given, now()) : undefined;
  if (!key) throw new Refusal(401, "wrong_key", `This key is unknown, expired or revoked. ${howTo}`);
  return { operator: `key:${key.name}/${key.id}`, scope: key.scope };
}

/** In the same time wherever they differ: what is compared are digests. */
async function isSame(given: string, expected: string): Promise<boolean> {
  const digest = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return crypto.subtle.timingSafeEqual(await digest(given), await digest(expected));
}
