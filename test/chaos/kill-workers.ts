import { setTimeout as wait } from "node:timers/promises";
import { workersPid } from "../../local/workers-pid.ts";
import type { World } from "../world.ts";

/** Until another workerd than the one that died answers: Miniflare starts it, on the same stored state. */
export async function restarted(world: World, died: number): Promise<void> {
  await world.until(async () => {
    const answers = await fetch(world.url).then(
      () => true,
      () => false,
    );
    const pid = answers ? await workersPid(world.url).catch(() => died) : died;
    return pid === died ? undefined : true;
  });
}

/**
 * What Cloudflare does when a machine dies and Miniflare does not: the Workflow goes on from its records, and the queue delivers again what
 * no Workflow had taken, which `redeliver` does. Miniflare's queue is in memory.
 */
export async function revive(world: World, commandId: string, redeliver: () => Promise<unknown>): Promise<void> {
  const instance = await world.workflow(commandId);
  if (!instance) return void (await redeliver());
  const { status } = await instance.status();
  // It had not begun.
  if (status === "queued") return instance.restart();
  await pause(world, commandId);
}

/** An operator pauses the Workflow in the middle of what it does, and resumes it once it has come to rest. */
export async function pause(world: World, commandId: string): Promise<void> {
  await world.until(async () => {
    const instance = await world.workflow(commandId);
    const status = (await instance?.status())?.status;
    if (status === "paused") return instance?.resume().then(() => true);
    // One that is about to begin, or was at rest, is not paused yet.
    if (status !== "complete") await instance?.pause();
    return status === "complete" ? true : undefined;
  });
}

/** The Workflow never wakes again. A minute later the watchdog looks after its command. */
export async function lose(world: World, commandId: string, redeliver: () => Promise<unknown>): Promise<void> {
  const instance = await world.workflow(commandId);
  if (!instance) return void (await redeliver());
  await instance.terminate();
  const db = await world.database();
  await world.until(async () => {
    await db.prepare("UPDATE commands SET started_at = started_at - 120000 WHERE id = ?").bind(commandId).run();
    await world.watchdog();
    const said = "SELECT 1 FROM commands WHERE id = ? AND last_word_at IS NOT NULL";
    if (await db.prepare(said).bind(commandId).first()) return true;
    await wait(100);
    return undefined;
  });
}
