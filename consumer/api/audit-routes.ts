import { apiPage } from "../../shared/limits.ts";
import type { Api, ApiNeeds } from "./api.ts";
import { readNumber } from "./read-number.ts";

export function addAuditRoutes(api: Api, { audit }: ApiNeeds): void {
  /**
   * What is sealed: in order after `after`, or the newest, or the newest before `before`; `subject` narrows it down. Who verifies the chain reads it
   * from 0. Whoever reads it has it sealed first.
   */
  api.get("/audit", async (c) => {
    const { after, before, limit, subject } = c.req.query();
    const count = readNumber("limit", limit, { fallback: apiPage.audit, min: 1, max: apiPage.audit });
    const seq = (name: string, given: string) => readNumber(name, given, { fallback: 0 });
    await audit.seal().catch(() => undefined);
    if (after !== undefined) return c.json(await audit.list(seq("after", after), count, subject));
    return c.json(await audit.latest(count, subject, before === undefined ? undefined : seq("before", before)));
  });

  /** What is not sealed yet: how many, and the oldest of them. */
  api.get("/audit/unsealed", async (c) => {
    const { limit, subject } = c.req.query();
    return c.json(
      await audit.unsealed(
        readNumber("limit", limit, { fallback: apiPage.audit, min: 1, max: apiPage.audit }),
        subject,
      ),
    );
  });
}
