import { env } from "cloudflare:workers";
import { it } from "vitest";
import { checkParts } from "./check-parts.ts";
import { emptyDatabase } from "./stores/test-database.ts";

const queueWith = (backlogCount: number) => ({ metrics: async () => ({ backlogCount, backlogBytes: 0 }) });
const mute = { metrics: () => Promise.reject(new Error("not known here")) };

it("finds a database that answers, and a queue where little waits", async ({ expect }) => {
  const db = await emptyDatabase();
  expect(await checkParts({ db, queue: queueWith(3), executorUrl: undefined })).toEqual({
    database: { state: "on" },
    queue: { state: "on" },
  });
  expect(await checkParts({ db, queue: mute, executorUrl: undefined })).toEqual({ database: { state: "on" } });
});

it("finds a database without its tables, a queue that is not emptied, and a container server that is gone", async ({
  expect,
}) => {
  await emptyDatabase();
  await env.DB.prepare("DROP TABLE commands").run();
  expect(await checkParts({ db: env.DB, queue: queueWith(500), executorUrl: "http://127.0.0.1:1" })).toEqual({
    database: { state: "incomplete", missing: ["the migrations of consumer/migrations"] },
    queue: { state: "waiting", messages: 500 },
    container: { state: "unreachable" },
  });
});
