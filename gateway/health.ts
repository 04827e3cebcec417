import * as z from "zod/mini";
import { type ServiceState, serviceStateSchema } from "../shared/settings.ts";

export interface Health {
  status: "healthy" | "degraded" | "unhealthy";
  /** Each service and, where it is not on, the variables that would turn it on or are missing. */
  components: Record<string, ServiceState | { state: "unreachable" }>;
}

export interface HealthNeeds {
  slack: ServiceState;
  /** The consumer Worker's own report: the state of each service. */
  consumer: () => Promise<Response>;
}

/**
 * `unhealthy`: nobody can be heard, or a set-up is half done. `degraded`: a service is off, or the consumer does not answer,
 * whose commands wait on the queue meanwhile.
 */
export function createHealth({ slack, consumer }: HealthNeeds) {
  return async (): Promise<Health> => {
    const behind = await askConsumer();
    const components = { ...behind, slack: slack.state === "on" ? (behind["slack"] ?? slack) : slack };
    const states = Object.values(components).map(({ state }) => state);
    if (slack.state !== "on" || states.includes("incomplete")) return { status: "unhealthy", components };
    return { status: states.every((state) => state === "on") ? "healthy" : "degraded", components };
  };

  async function askConsumer(): Promise<Health["components"]> {
    try {
      const response = await consumer();
      return z.record(z.string(), serviceStateSchema).parse(await response.json());
    } catch {
      return { consumer: { state: "unreachable" } };
    }
  }
}
