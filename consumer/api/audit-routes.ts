import { apiPage } from "../../shared/limits.ts";
import type { Api, ApiNeeds } from "./api.ts";
import { answerPage } from "./answer-page.ts";
import { readNumber } from "./read-number.ts";

export function addAuditRoutes(api: Api, { audit }: ApiNeeds): void {
  /**
   * What is sealed: with `after` what follows it, in order, as who verifies the chain reads it from 0; else newest first. `subject` narrows it down.
   * Whoever reads it has it sealed first.
   */
  api.get("/audit", async (c) => {
    const { after, before, limit, subject } = c.req.query();
    const count = readNumber("limit", limit, { fallback: apiPage.audit, min: 1, max: apiPage.audit });
    const seq = (name: string, given: string) => readNumber(name, given, { fallback: 0 });
    await audit.seal().catch(() => undefined);
    if (after !== undefined) return c.json(await audit.list(seq("after", after), count, subject));
    const latest = await audit.latest(count + 1, subject, before === undefined ? undefined : seq("before", before));
    return answerPage(c, latest, count, (entry) => String(entry.seq));
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
