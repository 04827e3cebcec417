/** npm runs scripts with the Node of the `node` package, unless its install script was not allowed to run. */
export function requireNode24(): void {
  const [major = 0] = process.versions.node.split(".").map(Number);
  if (major >= 24) return;
  console.error(
    `bugbot needs Node 24 and found ${process.version}. Install again with \`npm ci\`, without --ignore-scripts.`,
  );
  process.exit(1);
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
let own: (() => void) | undefined;

/** Runs `close` once on Ctrl-C or a polite kill, then ends with exit code 0. */
export function onInterrupt(close: () => Promise<void>): void {
  let closing = false;
  async function end(): Promise<void> {
    if (closing) return;
    closing = true;
    await close().catch((error: unknown) => console.error(error));
    process.exit(0);
  }
  own = () => void end();
  for (const signal of signals) process.on(signal, own);
}

/** What `starting` comes to. An interruption waits for it too, closes it, and ends the process, however it came out. */
export async function unlessInterrupted<Started extends { close: () => Promise<void> }>(
  starting: Promise<Started>,
): Promise<Started> {
  let interrupted = false;
  onInterrupt(() => {
    interrupted = true;
    return starting.then(
      (started) => started.close(),
      () => undefined,
    );
  });
  return starting.catch((error: unknown) => {
    // Ctrl-C reaches the children too: that they did not come up is no news.
    if (interrupted) return new Promise<never>(() => undefined);
    throw error;
  });
}

/** Miniflare's and wrangler's handlers end the process at once, before anything else is closed. */
export function keepOwnSignalHandlers(): void {
  if (!own) return;
  for (const signal of signals) {
    for (const listener of process.listeners(signal)) if (listener !== own) process.off(signal, listener);
  }
}
