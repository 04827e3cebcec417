import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, it } from "vitest";
import * as z from "zod";
import { createPostHog as createClient } from "../../consumer/clients/posthog.ts";
import { findBehaviour } from "../../consumer/evidence/find-behaviour.ts";
import { vendorContracts } from "../../test/vendor-contracts.ts";
import { demoCustomer, seedDemoBehaviour } from "../demo-behaviour.ts";
import { createPostHog } from "../posthog.ts";
import { projectRoot } from "../project-root.ts";

const published = new URL("posthog-types.ts", vendorContracts);

/** What was sent and answered, each under the published type it has to be of. */
interface Spoken {
  type: string;
  value: unknown;
}

describe.skipIf(!existsSync(published))("PostHog's published types (../shared/contracts, where present)", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bugbot-posthog-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** The compiler's complaints about these values as literals: missing, wrong and unknown fields. */
  async function complaints(spoken: Spoken[]): Promise<string[]> {
    const lines = spoken.map(({ type, value }, index) => `export const v${index}: ${type} = ${JSON.stringify(value)};`);
    const file = join(folder, "spoken.ts");
    await writeFile(
      file,
      [`import type { Schemas } from ${JSON.stringify(fileURLToPath(published))};`, ...lines].join("\n"),
    );
    const flags = ["--noEmit", "--strict", "--skipLibCheck", "--allowImportingTsExtensions", "--ignoreConfig"];
    const target = ["--module", "nodenext", "--target", "es2024", "--lib", "es2024,dom"];
    const { stdout, error } = spawnSync(join(projectRoot, "node_modules/.bin/tsc"), [...flags, ...target, file], {
      encoding: "utf8",
      cwd: folder,
    });
    if (error) throw error;
    return stdout.split("\n").filter((line) => line.includes("spoken.ts") || line.startsWith("error"));
  }

  /** Everything that finding behaviour in all its ways says and hears. */
  async function conversation(): Promise<Spoken[]> {
    const server = await createPostHog({ apiKey: "phx_local" });
    try {
      seedDemoBehaviour(server);
      const posthog = createClient({ apiKey: "phx_local", projectId: "1", host: server.url });
      const asked = { sessionIds: [], emails: [], reportText: "", reportedAt: Date.now(), askedAt: Date.now() };
      const { signal } = new AbortController();
      const needs = { posthog, limit: { early: signal, late: signal } };
      await findBehaviour({ ...asked, sessionIds: [demoCustomer.sessionId] }, needs);
      await findBehaviour({ ...asked, emails: [demoCustomer.email] }, needs);
      await findBehaviour({ ...asked, reportText: "RangeError: The discount of WELCOME10" }, needs);
      const requests = [...server.requests];
      const spoken = requests.map(async ({ method, path, headers, body, operation }): Promise<Spoken[]> => {
        const { authorization = "", "content-type": type = "" } = headers;
        const sent = body === undefined ? {} : { body: JSON.stringify(body) };
        const response = await fetch(`${server.url}${path}`, {
          method,
          headers: { authorization, ...(type && { "content-type": type }) },
          ...sent,
        });
        const answer: unknown = await response.json();
        switch (operation) {
          case "POST /query/": {
            const { query } = z.object({ query: z.unknown() }).parse(body);
            return [
              { type: "Schemas.QueryRequest", value: body },
              { type: "Schemas.HogQLQuery", value: query },
              { type: "Schemas.HogQLQueryResponse", value: answer },
            ];
          }
          case "GET /session_recordings/:id/":
            return [{ type: "Schemas.SessionRecording", value: answer }];
          case "GET /session_recordings/": {
            const { results } = z.object({ results: z.array(z.unknown()) }).parse(answer);
            const { limit, ...query } = Object.fromEntries(new URL(path, server.url).searchParams);
            return [
              { type: "Schemas.RecordingsQuery", value: { ...query, limit: Number(limit) } },
              ...results.map((value) => ({ type: "Schemas.SessionRecording", value })),
            ];
          }
          default:
            throw new Error(`nothing is published for ${operation}`);
        }
      });
      return (await Promise.all(spoken)).flat();
    } finally {
      await server.close();
    }
  }

  it("are kept by every request and every answer", async ({ expect }) => {
    const spoken = await conversation();
    const counts = Object.groupBy(spoken, ({ type }) => type);
    expect(Object.fromEntries(Object.entries(counts).map(([type, of]) => [type, of?.length]))).toEqual({
      "Schemas.QueryRequest": 6,
      "Schemas.HogQLQuery": 6,
      "Schemas.HogQLQueryResponse": 6,
      "Schemas.SessionRecording": 2,
      "Schemas.RecordingsQuery": 1,
    });
    expect(await complaints(spoken)).toEqual([]);
    const recording = spoken.find(({ type }) => type === "Schemas.SessionRecording")?.value;
    const broken = [
      { ...z.record(z.string(), z.unknown()).parse(recording), viewed: "no" },
      { ...z.record(z.string(), z.unknown()).parse(recording), colour: "red" },
      {},
    ];
    const found = await complaints(broken.map((value) => ({ type: "Schemas.SessionRecording", value })));
    expect(found).toHaveLength(3);
  });
});
