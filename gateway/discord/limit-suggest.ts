import { hasRoom } from "../hold-flood.ts";
import type { Suggest } from "./suggest-choices.ts";

/** Suggests nothing to a person who asks for more than anybody types. */
export function createLimitedSuggest(limiter: RateLimit, suggest: Suggest): Suggest {
  return async (asked) => {
    const { workspace, userId } = asked;
    return (await hasRoom(limiter, `discord:${workspace}:${userId}`)) ? suggest(asked) : [];
  };
}
