import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { localLogFile } from "../shared/local-log.ts";
import { projectRoot } from "./project-root.ts";

/** A new log for `npx bugbot logs`, gone when it is closed. A line is written whole, or its reader would see half of it. */
export function keepLog(gatewayPort: number) {
  const path = join(projectRoot, localLogFile(gatewayPort));
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, "w", 0o600);
  let isOpen = true;
  return {
    add: (message: string, timestamp: number): void => {
      if (isOpen) writeSync(file, `${JSON.stringify({ timestamp, message: [message] })}\n`);
    },
    close: async (): Promise<void> => {
      isOpen = false;
      closeSync(file);
      await rm(path, { force: true });
    },
  };
}
