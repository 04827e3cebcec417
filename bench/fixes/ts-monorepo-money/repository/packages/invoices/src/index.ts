import { type Money, split } from "../../money/src/index.ts";

export interface Instalment {
  number: number;
  due: string;
  sum: Money;
}

/** One bill in monthly parts, the first due on `from` (YYYY-MM-DD). */
export function payInParts(total: Money, months: number, from: string): Instalment[] {
  return split(total, months).map((sum, index) => {
    const due = new Date(`${from}T00:00:00Z`);
    due.setUTCMonth(due.getUTCMonth() + index);
    return { number: index + 1, due: due.toISOString().slice(0, 10), sum };
  });
}
