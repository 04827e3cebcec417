import { it } from "vitest";
import type { ServiceState } from "../shared/settings.ts";
import { createHealth } from "./health.ts";

const on: ServiceState = { state: "on" };
const off: ServiceState = { state: "off", turnOn: ["X"] };
const incomplete: ServiceState = { state: "incomplete", missing: ["Y"] };
const failing = { state: "failing", triesAt: "2026-11-21T01:00:00.000Z" };
const report = (states: Record<string, object>) => async () => Response.json(states);
const all = { slack: on, discord: on, github: on };

async function health(
  slack: ServiceState,
  discord: ServiceState,
  consumer: () => Promise<Response>,
  socket?: { state: string },
) {
  const doors = [
    { name: "Slack", state: slack },
    { name: "Discord", state: discord },
  ];
  return createHealth({
    doors,
    consumer,
    mentions: async () => socket,
    wrongSettings: async () => [],
    now: () => 0,
  })();
}

it.for<[string, Parameters<typeof health>, string]>([
  ["everything is on", [on, on, report(all), { state: "connected" }], "healthy"],
  ["one platform is not wanted", [on, off, report({ ...all, discord: off })], "healthy"],
  ["a service is off", [on, on, report({ ...all, github: off })], "degraded"],
  ["a source of evidence failed too often", [on, on, report({ ...all, github: failing })], "degraded"],
  ["the consumer does not answer", [on, on, () => Promise.reject(new Error("gone"))], "degraded"],
  ["the socket is down", [on, on, report(all), { state: "fatal" }], "degraded"],
  ["D1 does not answer", [on, on, report({ ...all, database: { state: "unreachable" } })], "unhealthy"],
  ["the container server is gone", [on, on, report({ ...all, container: { state: "unreachable" } })], "degraded"],
  ["the queue is not emptied", [on, on, report({ ...all, queue: { state: "waiting", messages: 500 } })], "degraded"],
  ["no platform is on", [off, off, report(all)], "unhealthy"],
  ["a platform is set up by half", [on, incomplete, report(all)], "unhealthy"],
  ["a service is set up by half", [on, on, report({ ...all, github: incomplete })], "unhealthy"],
])("when %s", async ([, given, status], { expect }) => {
  expect((await health(...given)).status).toBe(status);
});

it("names all that is wrong with the variables of both Workers, once", async ({ expect }) => {
  const settings = { state: "incomplete", missing: ["BUGBOT_MAX_USD must be a number above zero", "X must be text"] };
  const look = createHealth({
    doors: [{ name: "Slack", state: on }],
    consumer: report({ ...all, settings }),
    mentions: async () => undefined,
    wrongSettings: async () => ["DISCORD_MENTIONS must be on or off", "X must be text"],
    now: () => 0,
  });
  expect(await look()).toMatchObject({
    status: "unhealthy",
    components: {
      settings: {
        missing: ["DISCORD_MENTIONS must be on or off", "X must be text", "BUGBOT_MAX_USD must be a number above zero"],
      },
    },
  });
});

it("names the variables that would turn a service on", async ({ expect }) => {
  expect((await health(on, off, report(all))).components).toMatchObject({ discord: { turnOn: ["X"] } });
});

it("says when a failing source is tried again", async ({ expect }) => {
  expect((await health(on, off, report({ ...all, github: failing }))).components).toMatchObject({ github: failing });
});

it("is looked at once in a few seconds, whoever asks", async ({ expect }) => {
  const clock = { now: 0 };
  let asked = 0;
  const consumer = async () => {
    asked += 1;
    return Response.json(asked === 1 ? all : { ...all, database: { state: "unreachable" } });
  };
  const doors = [{ name: "Slack", state: on }];
  const look = createHealth({
    doors,
    consumer,
    mentions: async () => undefined,
    wrongSettings: async () => [],
    now: () => clock.now,
  });
  const statuses = [(await look()).status, (await look()).status];
  clock.now = 4_000;
  const [first, meanwhile] = await Promise.all([look(), look()]);
  statuses.push(first.status, meanwhile.status);
  expect({ statuses, asked }).toEqual({ statuses: ["healthy", "healthy", "unhealthy", "healthy"], asked: 2 });
  clock.now = 60_000;
  const late = await Promise.all([look(), look()]);
  expect(late.map(({ status }) => status)).toEqual(["unhealthy", "unhealthy"]);
});
