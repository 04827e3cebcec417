import { createLog } from "../shared/log.ts";

/** One JSON line per outcome on standard output, as both Workers write it. */
export const logEvent = createLog("container", []);
