import { failed } from "./api.ts";
import type { LogLine } from "./log-lines.ts";

export interface Tail {
  /** Its exit code, and whether it has shown anything. */
  ended: Promise<{ code: number | null; hasShown: boolean }>;
}

export interface FollowTailNeeds {
  /** `bugbot-consumer` */
  worker: string;
  begin: () => Tail;
  /** Says that lines may be missing, whatever else is left out. */
  note: (line: LogLine) => void;
  /** Ends early once it was stopped. */
  wait: (ms: number) => Promise<unknown>;
  isStopped: () => boolean;
  now: () => number;
}

/** Before a new tail in place of one that was ended; no more are begun than these where nothing comes of them and none lasts. */
export const tailPausesMs = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 60_000];
const steadyMs = 60_000;

export const dashboard =
  "Cloudflare's dashboard, https://dash.cloudflare.com/?to=/:account/workers-and-pages/observability";
const whatHelps = "`npx wrangler login` logs in; `npx wrangler tail bugbot-consumer` says more.";

/**
 * A Worker's tail until it is stopped. One that Cloudflare ends, as it does after some hours and with a deployment, exits with 0 and without a
 * word: that is said, and a new one begun. Throws a `Failure` where the first cannot be begun, or none lasts any more.
 */
export async function followTail({ worker, begin, note, wait, isStopped, now }: FollowTailNeeds): Promise<void> {
  let short = 0;
  for (let isFirst = true; ; isFirst = false) {
    const begunAt = now();
    const { code, hasShown } = await begin().ended;
    if (isStopped()) return;
    // wrangler has said why, and tried again by itself where the connection was lost.
    if (isFirst && code !== 0) throw failed(`\`wrangler tail ${worker}\` ended. ${whatHelps}`);
    short = hasShown || now() - begunAt >= steadyMs ? 1 : short + 1;
    const pauseMs = tailPausesMs[short - 1];
    if (pauseMs === undefined) throw failed(`\`wrangler tail ${worker}\` ended ${short} times in a row. ${whatHelps}`);
    const words = `Cloudflare ended this tail: a new one begins in ${pauseMs / 1000} s. What is logged until it is there is not shown here, but in ${dashboard}`;
    note({
      at: now(),
      worker: worker.replace("bugbot-", ""),
      event: "tail_ended",
      commandId: undefined,
      facts: { words },
    });
    await wait(pauseMs);
    if (isStopped()) return;
  }
}
