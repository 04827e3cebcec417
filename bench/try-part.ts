import { parts } from "./parts.ts";
import { createCleanup } from "./report/cleanup.ts";
import type { Line, Section } from "./report/report.ts";

/** A part's small round. */
export async function tryPart(name: string): Promise<Section> {
  const part = parts.get(name);
  if (!part) throw new Error(`there is no part ${name}`);
  const cleanup = createCleanup();
  try {
    return await part.measure(cleanup, "small");
  } finally {
    await cleanup.run();
  }
}

/** Its lines without a value, and those that are wrong however small the round: what has a ratio is a measure, what has none a count. */
export function wrongLines({ lines }: Section): Line[] {
  return lines.filter(
    ({ measured, comparison = "", ratio, met }) =>
      /NaN|undefined|Infinity/.test(`${measured} ${comparison}`) ||
      (ratio === undefined ? met === false : !Number.isFinite(ratio)),
  );
}
