import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

/** How long a statement waits, in ms, before it is done and before it is answered. `hang`: for ever. */
export interface Holding {
  before?: number | "hang";
  after?: number | "hang";
}

/** What every statement of `worker/index.ts` has to pass. */
export async function startGate() {
  let holding: Holding = {};
  let held = 0;
  const server = createServer((incoming, outgoing) => {
    const waitMs = (incoming.url === "/before" ? holding.before : holding.after) ?? 0;
    if (waitMs === "hang") held += 1;
    else void wait(waitMs).then(() => outgoing.end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    /** From now on; what hangs already goes on hanging. */
    hold: (next: Holding) => void (holding = next),
    /** How many statements hang. */
    held: () => held,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
