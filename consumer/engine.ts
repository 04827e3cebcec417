/** What is used of a Workflow's `step`. */
export interface Steps {
  do: <T extends Rpc.Serializable<T>>(
    name: string,
    config: StepConfig,
    run: (context: { attempt: number }) => Promise<T>,
  ) => Promise<T>;
  /** The name and the length are what a sleep is found again by. */
  sleep: (name: string, ms: number) => Promise<void>;
  waitForEvent: (name: string, options: { type: string; timeout: number }) => Promise<unknown>;
}

export interface StepConfig {
  retries: { limit: number; delay: number; backoff: "exponential" };
  timeout: number;
}

export interface Engine extends Steps {
  /** Rejects when the engine takes this run no further: it was paused, restarted, ended, or is gone. */
  over: Promise<never>;
}

/**
 * The steps of a run that ends with its engine. What the engine throws to end a run is nothing that happened to the command: nobody may take
 * it for a step's failure and go on without it, so that step never answers, and no other one begins. Only a step's own time-out is thrown.
 * `leave` hears why.
 */
export function createEngine(step: Steps, leave: (error: unknown) => void = () => undefined): Engine {
  const over = Promise.withResolvers<never>();
  // Whoever waits for it hears it; nobody has to.
  over.promise.catch(() => undefined);
  let isOver = false;

  async function unlessOver<T>(ask: () => Promise<T>): Promise<T> {
    if (isOver) return never();
    try {
      return await ask();
    } catch (error) {
      if (isTimeout(error)) throw error;
      if (!isOver) leave(error);
      isOver = true;
      over.reject(error);
      return never();
    }
  }

  return {
    over: over.promise,
    do: (name, config, run) => unlessOver(() => step.do(name, config, (context) => (isOver ? never() : run(context)))),
    sleep: (name, ms) => unlessOver(() => step.sleep(name, ms)),
    waitForEvent: (name, options) => unlessOver(() => step.waitForEvent(name, options)),
  };
}

/** Of a step whose attempts all took too long, or of an event that did not come: https://developers.cloudflare.com/workflows/build/sleeping-and-retrying/ */
function isTimeout(error: unknown): boolean {
  return error instanceof Error && (error.name === "WorkflowTimeoutError" || /timed out after/i.test(error.message));
}

function never(): Promise<never> {
  return new Promise<never>(() => undefined);
}
