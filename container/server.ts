import { access, constants, mkdir } from "node:fs/promises";
import { createJobs } from "./jobs.ts";
import { serveJobs } from "./serve-jobs.ts";

const { PORT = "8080", HOST = "0.0.0.0", WORKSPACE_DIR = "/workspace" } = process.env;

await mkdir(WORKSPACE_DIR, { recursive: true });
await access(WORKSPACE_DIR, constants.W_OK);
const jobs = createJobs({ workspace: WORKSPACE_DIR, serverEnvironment: process.env });
const server = serveJobs(jobs);

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    server.close();
    void jobs.close().finally(() => process.exit(0));
  });
}

server.listen(Number(PORT), HOST, () => {
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : PORT;
  console.log(JSON.stringify({ event: "listening", host: HOST, port }));
});
