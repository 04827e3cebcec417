/**
 * The known name that another one is meant to be, by its look: neither case nor what stands between words counts, and two letters may be wrong.
 * `GITLAB_TOKEN` is another word: one that is shorter than eight letters may have one mistake.
 */
export function meantName(name: string, known: readonly string[]): string | undefined {
  const [best] = known
    .filter((one) => hasSameWords(name, one))
    .map((one) => ({ one, distance: distance(plain(name), plain(one)) }))
    .toSorted((a, b) => a.distance - b.distance);
  return best && best.distance <= 2 ? best.one : undefined;
}

/** Whether no word is another one. What is not written in as many words is not looked at by words. */
function hasSameWords(name: string, known: string): boolean {
  const [words, others] = [name, known].map((one) => one.split(/[^A-Za-z0-9]+/));
  if (!words || words.length !== others?.length) return true;
  return others.every(
    (other, index) => distance(plain(words[index] ?? ""), plain(other)) <= (other.length < 8 ? 1 : 2),
  );
}

function plain(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, "");
}

/** How many letters must be changed, added, left out or swapped with the next one (optimal string alignment). */
function distance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, index) => index)];
  for (let line = 1; line <= from.length; line++) {
    const [above = [], before = []] = [rows.at(-1), rows.at(-2)];
    const next = [line];
    for (let at = 1; at <= to.length; at++) {
      const change = (above[at - 1] ?? 0) + (from[line - 1] === to[at - 1] ? 0 : 1);
      const isSwap = line > 1 && at > 1 && from[line - 1] === to[at - 2] && from[line - 2] === to[at - 1];
      const swap = isSwap ? (before[at - 2] ?? 0) + 1 : Infinity;
      next.push(Math.min((next[at - 1] ?? 0) + 1, (above[at] ?? 0) + 1, change, swap));
    }
    rows.push(next);
  }
  return rows.at(-1)?.at(-1) ?? 0;
}
