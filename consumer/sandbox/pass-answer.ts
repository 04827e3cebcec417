import { listenEveryMs } from "../../shared/limits.ts";

/** Readers of the Messages API take any number of these: https://platform.claude.com/docs/en/build-with-claude/streaming#ping-events */
const ping = new TextEncoder().encode('event: ping\ndata: {"type": "ping"}\n\n');

export interface PassNeeds {
  /** Aborted by whoever knows that nobody listens any more, and here where that shows. */
  aborter: AbortController;
  /** Sees every chunk before it is handed on. */
  look: (chunk: Uint8Array) => void;
  /** Whether pings may go between events, as in an event stream. A client that closed its end is noticed only when something is sent to it. */
  pings: boolean;
  everyMs?: number;
}

/** Hands on a stream chunk by chunk, as fast as it is read. False where either end left early: then the other is told. */
export async function passAnswer(
  from: ReadableStream<Uint8Array>,
  to: WritableStream<Uint8Array>,
  { aborter, look, pings, everyMs = listenEveryMs }: PassNeeds,
): Promise<boolean> {
  const reader = from.getReader();
  const writer = to.getWriter();
  const gone = new Promise<never>((_resolve, reject) => {
    const leave = () => reject(new Error("whoever asked is gone"));
    aborter.signal.addEventListener("abort", leave, { once: true });
    if (aborter.signal.aborted) leave();
    writer.closed.catch(leave);
  });
  gone.catch(() => undefined);
  /** All that came was handed on, and ended with an event's end. */
  let isBetween = false;
  let isPinging = false;
  const beat = setInterval(() => {
    if (!isBetween || isPinging) return;
    isPinging = true;
    writer.write(ping).then(
      () => (isPinging = false),
      () => aborter.abort(),
    );
  }, everyMs);
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), gone]);
      isBetween = false;
      if (done) break;
      look(value);
      await Promise.race([writer.write(value), gone]);
      isBetween = pings && value.at(-1) === lineFeed && value.at(-2) === lineFeed;
    }
    await Promise.race([writer.close(), gone]);
    return true;
  } catch (error) {
    aborter.abort();
    await Promise.all([reader.cancel(error).catch(() => undefined), writer.abort(error).catch(() => undefined)]);
    return false;
  } finally {
    clearInterval(beat);
  }
}

const lineFeed = 0x0a;
