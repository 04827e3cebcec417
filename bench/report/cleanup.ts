export interface Cleanup {
  /** Starts something and remembers how it ends, even while it is still starting. Throws once `run` was called. */
  start: <Started>(begin: () => Promise<Started>, end?: (started: Started) => unknown) => Promise<Started>;
  /** Ends everything, the last started first. A second call waits for the first. */
  run: () => Promise<void>;
}

/** What a part starts and must end, also when it fails or is interrupted. */
export function createCleanup(): Cleanup {
  const ends: (() => Promise<unknown>)[] = [];
  let running: Promise<void> | undefined;
  async function endAll(): Promise<void> {
    for (const end of ends.toReversed()) await end();
  }
  return {
    start: (begin, end = () => undefined) => {
      if (running) throw new Error("interrupted");
      const starting = begin();
      ends.push(() => starting.then(end, () => undefined));
      return starting;
    },
    run: () => (running ??= endAll()),
  };
}
