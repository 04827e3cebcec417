import { Failure } from "../../shared/failure.ts";
import { call } from "./slack-client.ts";

/** Asks for something that not every workspace has; undefined where it is not there. Throws what may pass. */
export type Feature = <T>(request: () => Promise<T>) => Promise<T | undefined>;

/** Once Slack has said no, whatever its reason, it is not asked again: https://docs.slack.dev/ai/developing-ai-apps */
export function createFeature(): Feature {
  let isThere = true;
  return async (request) => {
    if (!isThere) return undefined;
    try {
      return await call(request);
    } catch (error) {
      if (!(error instanceof Failure) || error.retry) throw error;
      isThere = false;
      return undefined;
    }
  };
}
