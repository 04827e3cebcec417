/** npm runs scripts with the Node of the `node` package, unless its install script was not allowed to run. */
export function requireNode24(): void {
  const [major = 0] = process.versions.node.split(".").map(Number);
  if (major >= 24) return;
  console.error(
    `bugbot needs Node 24 and found ${process.version}. Install again with \`npm ci\`, without --ignore-scripts.`,
  );
  process.exit(1);
}

/** Runs `close` once on Ctrl-C or a polite kill, then ends with exit code 0. */
export function onInterrupt(close: () => Promise<void>): void {
  let closing = false;
  async function end(): Promise<void> {
    if (closing) return;
    closing = true;
    await close();
    process.exit(0);
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void end());
}
