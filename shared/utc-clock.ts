/** As `12:31 UTC`: the first full minute that is not before `atMs`. */
export function utcClock(atMs: number): string {
  return `${new Date(Math.ceil(atMs / 60_000) * 60_000).toISOString().slice(11, 16)} UTC`;
}
