import { fileURLToPath } from "node:url";

/** The checkout, with a trailing slash. */
export const projectRoot = fileURLToPath(new URL("..", import.meta.url));
