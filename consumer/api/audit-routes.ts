import type { Api, ApiNeeds } from "./api.ts";
import { readNumber } from "./read-number.ts";

const maxEntries = 500;

export function addAuditRoutes(api: Api, { audit }: ApiNeeds): void {
  /** In order after `after`, or the newest; `subject` narrows it down. Who verifies the chain reads it from 0. */
  api.get("/audit", async (c) => {
    const { after, limit, subject } = c.req.query();
    const count = readNumber(limit, maxEntries, maxEntries);
    return c.json(
      after === undefined
        ? await audit.latest(count, subject)
        : await audit.list(readNumber(after, 0, Number.MAX_SAFE_INTEGER), count, subject),
    );
  });
}
