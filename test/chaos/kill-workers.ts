import { execFile } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import type { World } from "../world.ts";

/** The workerd process in which both Workers of this world run. Miniflare starts another one when it dies, on the same stored state. */
export async function workersPid({ url }: World): Promise<number> {
  const { port } = new URL(url);
  const { stdout } = await promisify(execFile)("ps", ["-eo", "pid=,ppid=,args="]);
  for (const line of stdout.split("\n")) {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    if (pid && parent === process.pid && line.includes(`--socket-addr=entry=127.0.0.1:${port} `)) return pid;
  }
  throw new Error("there is no workerd");
}

/** Until another workerd than the one that died answers. */
export async function restarted(world: World, died: number): Promise<void> {
  await world.until(async () => {
    const answers = await fetch(world.url).then(
      () => true,
      () => false,
    );
    const pid = answers ? await workersPid(world).catch(() => died) : died;
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
  await instance.pause();
  await world.until(async () => ((await instance.status()).status === "paused" ? true : undefined));
  await instance.resume();
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
