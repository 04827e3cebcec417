import type { Ending } from "../ending.ts";

/** This version gathers no evidence, and says so. */
export function contextualize(): Ending {
  return {
    outcome: "refused",
    reply:
      "❌ I cannot gather evidence yet: this version of bugbot only fixes. Try `@bugbot fix https://github.com/owner/name what goes wrong`.",
  };
}
