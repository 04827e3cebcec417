/** The time as Discord has it: this machine's, plus what a test has let pass. */
export function createClock() {
  let passedMs = 0;
  return {
    now: () => Date.now() + passedMs,
    /** What a test has let pass so far, whatever this machine took: for deadlines a slow machine must not miss. */
    passedMs: () => passedMs,
    pass: (ms: number) => {
      passedMs += ms;
    },
  };
}
export type Clock = ReturnType<typeof createClock>;
