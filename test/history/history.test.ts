import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, type ExpectStatic, it } from "vitest";
import { buildWorkers } from "../../local/build-workers.ts";
import { outsideCalls } from "../../local/outside-calls.ts";
import { ask, type Asked } from "../chaos/run-cell.ts";
import { judge } from "../chaos/judge.ts";
import { look } from "../chaos/look.ts";
import { createWorld, type World } from "../world.ts";
import { type Records, startHistory } from "./history.ts";
import { type HistoryName, historyNames, keepVersion, readVersions, type Version } from "./records.ts";

/** `npm run history` keeps what this version records; in a test earlier versions' records are taken up by this one. */
const isToKeep = process.env["HISTORY"] === "keep";
/** So many steps lie between two at which a command is broken off; with `HISTORY=all` it is broken off after every one. */
const stride = process.env["HISTORY"] === "all" ? { contextualize: 1, fix: 1 } : { contextualize: 3, fix: 12 };

const all = await readVersions();
const versions = all.flatMap(({ command, ...version }) =>
  command === "contextualize" || command === "fix" ? [{ command, ...version }] : [],
);
let bundles: string;
beforeAll(async () => {
  bundles = await mkdtemp(join(tmpdir(), "bugbot-history-"));
  await buildWorkers(bundles, join(import.meta.dirname, "worker/index.ts"));
});
afterAll(() => rm(bundles, { recursive: true, force: true }));

async function startWorld(shapes: Records, name: HistoryName) {
  const history = await startHistory(shapes);
  const approval = name === "approved" && { BUGBOT_APPROVAL: "fix" };
  const world = await createWorld({ bundles, variables: { HISTORY_URL: history.url, ...approval } });
  const close = async () => {
    history.close();
    await world.close();
  };
  return { history, world, close };
}
type HistoryWorld = Awaited<ReturnType<typeof startWorld>>;

/** A run that nothing disturbs. Returns what it recorded. */
async function record({ history, world }: HistoryWorld, name: HistoryName): Promise<Records> {
  const asked = ask(world, name === "contextualize" ? name : "fix");
  const { commandId, send } = asked;
  if (name === "died" || name === "retried") world.github.fault(/\/branches\/main$/, { status: 503, times: 3 });
  await send();
  if (name === "approved") await press(world, asked, "Approve");
  await world.endOf(commandId);
  await hasEnded(world, commandId);
  if (name !== "retried") return history.recordsOf(commandId);
  const again = await world.ends(() => press(world, asked, "Retry"));
  await hasEnded(world, again.commandId);
  return history.recordsOf(again.commandId);
}

async function press(world: World, { ts }: Asked, button: "Approve" | "Retry"): Promise<void> {
  const find = () => world.slack.thread(world.channel, ts).find(({ buttons }) => buttons.includes(button));
  const message = await world.until(find);
  await world.fromSlack(world.slack.pressButton(button, { ts: message.ts }, { user: "U0BOB" }));
}

async function hasEnded(world: World, commandId: string): Promise<void> {
  await world.until(async () =>
    (await (await world.workflow(commandId))?.status())?.status === "complete" ? true : undefined,
  );
}

describe.runIf(isToKeep)("what this version records", () => {
  it.for(historyNames)("is kept: %s", async (name, { expect }) => {
    const made = await startWorld(new Map(), name);
    try {
      const records = await record(made, name);
      expect(records.has("note last word")).toBe(true);
      await keepVersion(name, records);
    } finally {
      await made.close();
    }
  });
});

describe.skipIf(isToKeep)("a command that was begun by an earlier version", () => {
  it.for(versions)("goes on from its records: $file", { timeout: 600_000 }, async (version, { expect }) => {
    const { file, command, records: earlier } = version;
    const made = await startWorld(earlier, command);
    const { world, history } = made;
    try {
      const now = await record(made, command);
      if (newest(command) === version) expectSame(version, new Set(now.keys()), expect);

      for (let count = 1; count < now.size; count += stride[command]) {
        const before = await look(world);
        const { commandId, ts, send } = ask(world, command);
        history.endAfter(commandId, count);
        await send();
        await world.until(() => (history.isOver(commandId) ? true : undefined));
        await (await world.workflow(commandId))?.restart();
        const { outcome } = await world.endOf(commandId);
        await hasEnded(world, commandId);
        const at = `taken up after ${[...history.recordsOf(commandId).keys()].at(-1)}: ${changed(file)}`;
        expect(outcome, at).toBe("succeeded");
        expect(await judge(world, { command, before, ts, ids: [commandId], outcomes: [outcome] }), at).toEqual([]);
      }
    } finally {
      await made.close();
    }
  });

  it.for(versions)("does nothing again where it was done: $file", async (version, { expect }) => {
    const made = await startWorld(version.records, version.command);
    const { world, history } = made;
    try {
      const { commandId, send } = ask(world, version.command);
      await send();
      await world.endOf(commandId);
      await hasEnded(world, commandId);
      const calls = outsideCalls(world.standIns);
      await (await world.workflow(commandId))?.restart();
      await world.until(() => (history.isTakenUp(commandId) ? true : undefined));
      await hasEnded(world, commandId);
      const isNew = (name: string) => !version.records.has(name);
      expect(
        history.doneLate(commandId).filter((name) => !isNew(name)),
        changed(version.file),
      ).toEqual([]);
      if (newest(version.command) === version) expect(outsideCalls(world.standIns)).toEqual(calls);
    } finally {
      await made.close();
    }
  });
});

const kept = newest("approved");
it.skipIf(isToKeep || !kept)("a fix that an earlier version asked somebody to approve goes on", async ({ expect }) => {
  const { file, records: earlier } = kept ?? { file: "", records: new Map() };
  const made = await startWorld(earlier, "approved");
  const { world, history } = made;
  try {
    const before = await look(world);
    const asked = ask(world, "fix");
    const { commandId, ts, send } = asked;
    history.endAfter(commandId, "ask for approval 1");
    await send();
    await world.until(() => (history.isOver(commandId) ? true : undefined));
    await (await world.workflow(commandId))?.restart();
    await press(world, asked, "Approve");
    const { outcome } = await world.endOf(commandId);
    await hasEnded(world, commandId);
    expect(outcome, changed(file)).toBe("succeeded");
    // The approval is answered, too.
    const outcomes = [outcome, "succeeded"];
    expect(await judge(world, { command: "fix", before, ts, ids: [commandId], outcomes }), changed(file)).toEqual([]);
    const now = new Set([...history.recordsOf(commandId).keys(), ...history.doneLate(commandId)]);
    expectSame({ file, records: earlier }, now, expect);
  } finally {
    await made.close();
  }
});

it.skipIf(isToKeep).for(["died", "retried"] as const)(
  "a fix that %s has the steps that an earlier version had",
  async (name, { expect }) => {
    const version = newest(name) ?? { file: `${name}.1.json`, records: new Map() };
    const made = await startWorld(new Map(), name);
    try {
      const records = await record(made, name);
      expect(records.has("note last word")).toBe(true);
      expectSame(version, new Set(records.keys()), expect);
    } finally {
      await made.close();
    }
  },
);

function expectSame(
  { file, records }: Pick<Version, "file" | "records">,
  now: ReadonlySet<string>,
  expect: ExpectStatic,
): void {
  expect(
    [...records.keys()].filter((name) => !now.has(name)),
    renamed(file),
  ).toEqual([]);
  expect(
    [...now].filter((name) => !records.has(name)),
    added(file),
  ).toEqual([]);
}

/** The one that says which steps this version has. */
function newest(command: HistoryName) {
  return all.findLast((version) => version.command === command);
}

const explain =
  "Commands that are under way while a version is deployed go on with the new code from what the old one recorded.";
const renamed = (file: string) =>
  `${explain} These steps of recorded/${file} are no longer there, under that name at least: a command would do them again. Keep their names; or, where they are gone for good, run \`npm run history\` and keep ${file} beside the new record for as long as a command of its version can be under way.`;
const added = (file: string) =>
  `${explain} These steps are not in recorded/${file}: a command that is past them will do them late. Where that is harmless, run \`npm run history\`: ${file} stays beside the new record for as long as a command of its version can be under way.`;
const changed = (file: string) =>
  `${explain} What recorded/${file} holds is no longer understood: read its shape too, or record the new one under another step's name.`;
