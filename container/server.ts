import { readFileSync } from "node:fs";
import { access, constants, mkdir } from "node:fs/promises";
import { isAlone, missingWalls } from "./alone.ts";
import { endAllOf } from "./end-processes.ts";
import { createJobs } from "./jobs.ts";
import { serveJobs } from "./serve-jobs.ts";

const { PORT = "8080", HOST, WORKSPACE_DIR = "/workspace", EXECUTOR_TOKEN } = process.env;
// No process that this one starts has it.
delete process.env["EXECUTOR_TOKEN"];
const token = EXECUTOR_TOKEN === "-" ? readFileSync(0, "utf8").trim() : EXECUTOR_TOKEN;

if (missingWalls.length > 0) console.error(JSON.stringify({ event: "walls_missing", missing: missingWalls }));
await mkdir(WORKSPACE_DIR, { recursive: true });
await access(WORKSPACE_DIR, constants.W_OK);
const jobs = createJobs({ workspace: WORKSPACE_DIR, serverEnvironment: process.env, keepsCheckout: isAlone });
const server = serveJobs(jobs, token);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    // It listens to the end: nothing that a run left may answer in its place.
    void jobs
      .close()
      .then(() => endAllOf([WORKSPACE_DIR]))
      .finally(() => process.exit(0));
  });
}

// Without a host: on IPv4 and IPv6, so that nobody else can take either.
server.listen({ port: Number(PORT), ...(HOST && { host: HOST }) }, () => {
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : PORT;
  console.log(JSON.stringify({ event: "listening", host: HOST ?? "*", port }));
});
