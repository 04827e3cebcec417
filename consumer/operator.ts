import { WorkerEntrypoint } from "cloudflare:workers";
import { readSettings, requiredByConsumer, serviceState } from "../shared/settings.ts";

/** What the gateway may ask of the consumer, over a service binding; no route leads here. */
export class Operator extends WorkerEntrypoint<Env> {
  /** `GET /health`: the state of each service the consumer uses. */
  override async fetch(request: Request): Promise<Response> {
    if (new URL(request.url).pathname !== "/health") return new Response("Not found.", { status: 404 });
    const settings = readSettings(this.env);
    const states = Object.entries(requiredByConsumer).map(([service, required]) => [
      service,
      serviceState(settings, required),
    ]);
    return Response.json(Object.fromEntries(states));
  }
}
