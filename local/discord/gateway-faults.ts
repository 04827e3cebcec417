/**
 * Where a connection is cut. "mid-session" is instead of the next dispatch, "after-resume" instead of what the RESUME
 * asked for; the client misses both.
 */
export type DropStage =
  | "before-hello"
  | "after-hello"
  | "after-identify"
  | "after-ready"
  | "after-resume"
  | "mid-session";

/** What a test has ordered to go wrong. */
export function createGatewayFaults() {
  const drops: DropStage[] = [];
  const refusedResumes: boolean[] = [];
  let acks = true;

  return {
    dropAt: (stage: DropStage, times = 1) => void drops.push(...Array.from({ length: times }, () => stage)),
    /** Whether to cut here; uses up one order. */
    isDropped: (stage: DropStage): boolean => {
      const at = drops.indexOf(stage);
      if (at >= 0) drops.splice(at, 1);
      return at >= 0;
    },
    refuseResume: (resumable: boolean) => void refusedResumes.push(resumable),
    /** Whether the session may be resumed after all, where this RESUME is to be refused. */
    refusedResume: (): boolean | undefined => refusedResumes.shift(),
    setAcks: (on: boolean) => {
      acks = on;
    },
    acks: () => acks,
  };
}
export type GatewayFaults = ReturnType<typeof createGatewayFaults>;
