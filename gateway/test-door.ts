import type { Command } from "../shared/command.ts";
import type { Log } from "../shared/log.ts";
import { createGateway, type GatewayNeeds } from "./gateway.ts";
import { createTake, type TakeNeeds } from "./take.ts";

/** A gateway and all that comes of what it is sent; for tests. */
export function createTestDoor(needs: Pick<GatewayNeeds, "doors" | "now"> & Partial<GatewayNeeds & TakeNeeds>) {
  const enqueued: Command[] = [];
  const logged: string[] = [];
  const refused: unknown[] = [];
  const traced: { event: string; commandId: unknown }[] = [];
  const later: Promise<unknown>[] = [];
  const log: Log = (event, facts) => {
    traced.push({ event, commandId: facts?.["commandId"] });
    if (event === "request_refused") refused.push(facts);
    else if (event !== "command_enqueued") logged.push(event);
  };
  const app = createGateway({
    take: createTake({
      enqueue: async (command) => enqueued.push(command),
      holdFlood: async () => false,
      log,
      ...needs,
    }),
    health: async () => ({ status: "healthy", components: {} }),
    operate: () => Promise.reject(new Error("nobody operates here")),
    log,
    ...needs,
  });
  const context = {
    waitUntil: (promise: Promise<unknown>) => void later.push(promise),
    passThroughOnException: () => undefined,
    props: {},
  };
  return {
    enqueued,
    /** What was logged but that a command is on the queue, and that a request was turned away. */
    logged,
    /** What was logged of each request that was turned away. */
    refused,
    /** Every line, with the command it is about. */
    traced,
    request: async (path: string, init: RequestInit): Promise<Response> => app.request(path, init, {}, context),
    /** What was left for after the answer. */
    settled: () => Promise.all(later),
  };
}
