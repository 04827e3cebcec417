/** The value below which `share` of all lie; NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const index = Math.min(values.length - 1, Math.floor(values.length * share));
  return values.toSorted((a, b) => a - b)[index] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The median of each round's own ratio: a slow moment of the machine slows both sides of a round. */
export function medianRatio(values: readonly number[], beside: readonly number[]): number {
  return median(values.map((value, round) => value / (beside[round] ?? Number.NaN)));
}

export function inMs(ms: number): string {
  return `${ms.toFixed(ms < 100 ? 1 : 0)} ms`;
}
