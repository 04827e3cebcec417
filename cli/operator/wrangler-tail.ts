import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { followTail, type Tail } from "./follow-tail.ts";
import { type LogLine, readTailEvent } from "./log-lines.ts";
import { createJsonSplitter } from "./split-json.ts";

const workers = ["bugbot-gateway", "bugbot-consumer"];
const wrangler = fileURLToPath(new URL("../../node_modules/wrangler/bin/wrangler.js", import.meta.url));

export interface WranglerTailNeeds {
  show: (line: LogLine) => void;
  /** Shows a line about the tail itself. */
  note: (line: LogLine) => void;
}

/**
 * Both Workers' tails at once, by `wrangler tail`, until the command is stopped or one cannot go on: then both are ended, whoever was told to, and
 * take what they set up at Cloudflare away.
 */
export async function tailWorkers({ show, note }: WranglerTailNeeds): Promise<void> {
  const stopping = new AbortController();
  const ends = new Set<() => void>();
  const end = () => ends.forEach((endOne) => endOne());
  const stop = () => {
    stopping.abort();
    end();
  };
  // Whoever reads may have read enough, which ends this process at once.
  process.once("SIGINT", stop).once("SIGTERM", stop).once("exit", end);

  function begin(worker: string): Tail {
    const child = spawn(process.execPath, [wrangler, "tail", worker, "--format", "json"], {
      stdio: ["inherit", "pipe", "inherit"],
    });
    let hasShown = false;
    const split = createJsonSplitter((text) => {
      hasShown = true;
      readTailEvent(worker.replace("bugbot-", ""), text).forEach(show);
    });
    child.stdout.setEncoding("utf8").on("data", split);
    const endOne = () => void child.kill("SIGINT");
    ends.add(endOne);
    const ended = once(child, "close").then(([code]: (number | null)[]) => {
      ends.delete(endOne);
      return { code: code ?? null, hasShown };
    });
    return { ended };
  }

  const { signal } = stopping;
  const followed = workers.map((worker) =>
    followTail({
      worker,
      begin: () => begin(worker),
      note,
      wait: (ms) => wait(ms, undefined, { signal }).catch(() => undefined),
      isStopped: () => signal.aborted,
      now: Date.now,
    }).finally(stop),
  );
  await Promise.allSettled(followed);
  await Promise.all(followed);
}
