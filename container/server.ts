import { readFileSync } from "node:fs";
import { access, constants, mkdir } from "node:fs/promises";
import { isAlone, isToldSo, missingWalls } from "./alone.ts";
import { endAllOf } from "./end-processes.ts";
import { createJobs } from "./jobs.ts";
import { drainTimes } from "./limits.ts";
import { logEvent } from "./log.ts";
import { serveJobs } from "./serve-jobs.ts";

const { PORT = "8080", HOST, WORKSPACE_DIR = "/workspace", EXECUTOR_TOKEN } = process.env;
// No process that this one starts has it.
delete process.env["EXECUTOR_TOKEN"];
const token = EXECUTOR_TOKEN === "-" ? readFileSync(0, "utf8").trim() : EXECUTOR_TOKEN;

if (missingWalls.length > 0) logEvent("walls_missing", { missing: missingWalls });
await mkdir(WORKSPACE_DIR, { recursive: true });
await access(WORKSPACE_DIR, constants.W_OK);
const jobs = createJobs({ workspace: WORKSPACE_DIR, serverEnvironment: process.env, keepsCheckout: isAlone });
const server = serveJobs(jobs, token);

// It listens to the end: nothing that a run left may answer in its place.
const end = () =>
  void jobs
    .close()
    .then(() => endAllOf([WORKSPACE_DIR]))
    .finally(() => process.exit(0));
process.once("SIGINT", end);

/** Another version takes its place, and what is under way may end. Told once more, it ends at once. */
function drain(): void {
  process.once("SIGTERM", end);
  logEvent("draining", { running: jobs.running() });
  void jobs.drain(drainTimes).then(end);
}
process.once("SIGTERM", isToldSo ? drain : end);

// Without a host: on IPv4 and IPv6, so that nobody else can take either.
server.listen({ port: Number(PORT), ...(HOST && { host: HOST }) }, () => {
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : PORT;
  logEvent("listening", { host: HOST ?? "*", port });
});
