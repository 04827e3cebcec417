import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, it, vi } from "vitest";
import { createEventLog } from "../container/event-log.ts";
import { createJobs } from "../container/jobs.ts";
import { serveJobs } from "../container/serve-jobs.ts";
import { type EventPage, eventPageSchema, type JobEvent } from "../shared/job.ts";
import { eventWaitMs, leaseGraceMs, runLimits } from "../shared/limits.ts";

const startedAt = Date.UTC(2026, 10, 21);
const seconds = 600;
/** One every half minute, at another moment of the reading each time. */
const kills = Array.from({ length: 20 }, (_, kill) => 15 + 30 * kill);

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: startedAt }));
afterEach(() => void vi.useRealTimers());

it("a reader that is killed twenty times in ten minutes of a run loses no event, and hears none twice", async ({
  expect,
}) => {
  const log = createEventLog();
  const nobody = createJobs({ workspace: "/nowhere", serverEnvironment: {} });
  const read: typeof nobody.read = (id, ...cursor) => (id === "job-1" ? log.read(...cursor) : undefined);
  const server = serveJobs({ ...nobody, read }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const url = `http://127.0.0.1:${address !== null && typeof address === "object" ? address.port : 0}`;

  let killer = new AbortController();
  let asked = 0;
  async function readAfter(seq: number): Promise<EventPage> {
    asked += 1;
    const path = `/jobs/job-1/events?after=${seq}&waitMs=${eventWaitMs}`;
    return eventPageSchema.parse(await (await fetch(url + path, { signal: killer.signal })).json());
  }
  const until = async (is: () => boolean): Promise<void> => {
    while (!is()) await nextTurn();
  };

  // As the Workflow does: the cursor moves when a page is there, and a killed reader begins where the last page ended.
  const heard: JobEvent[] = [];
  let killed = 0;
  async function follow(): Promise<void> {
    for (;;) {
      const page = await readAfter(heard.at(-1)?.seq ?? 0).catch(() => {
        killed += 1;
        killer = new AbortController();
      });
      heard.push(...(page?.events ?? []));
      if (page?.done) return;
    }
  }
  const following = follow();
  try {
    log.stage("asking");
    for (let second = 1; second <= seconds; second++) {
      vi.setSystemTime(startedAt + second * 1000);
      const before = asked;
      log.tool(`doing ${second}`);
      if (second % 7 === 0) log.said(`thinking ${second}`);
      if (kills.includes(second)) {
        // Before its request is answered, or while it waits for the next, or anywhere between the two.
        for (let turn = 0; turn < second % 4; turn++) await nextTurn();
        if (second % 60 === 15) await until(() => asked > before);
        killer.abort();
      }
      // It may lag behind, but not by more than it would read in one go.
      await until(() => (heard.at(-1)?.seq ?? 0) >= second - (second % 5));
    }
    log.end({ kind: "no_change", summary: "Nothing.", usage: { costUsd: 0, turns: 0, durationMs: 0 } });
    await following;

    const { events: all, done } = await log.read(0, 0, new AbortController().signal);
    expect(done).toBe(true);
    expect(heard).toEqual(all);
    expect(heard.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1));
    expect(heard.flatMap((event) => (event.kind === "tool" ? [event.words] : []))).toEqual(
      Array.from({ length: seconds }, (_, second) => `doing ${second + 1}`),
    );
    expect(heard.filter(({ kind }) => kind === "outcome")).toHaveLength(1);
    expect((heard.at(-1)?.at ?? 0) - (heard[0]?.at ?? 0)).toBe(seconds * 1000);
    expect(killed).toBe(kills.length);
    expect(await readAfter(all.length)).toEqual({ events: [], done: true });
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

it("a deploy leaves a run that is under way its whole time", async ({ expect }) => {
  const config = await readFile(join(import.meta.dirname, "../wrangler.consumer.toml"), "utf8");
  const graceSeconds = Number(/^rollout_active_grace_period = (\d+)$/m.exec(config)?.[1] ?? 0);
  expect(graceSeconds * 1000).toBeGreaterThanOrEqual(runLimits.maxMinutes * 60_000 + leaseGraceMs);
});
