import type { Readable } from "node:stream";

const newline = 0x0a;

/** The lines of a stream, as they come, until it ends or is destroyed; a line of more than `maxBytes` is not kept. */
export async function* readLines(stream: Readable, maxBytes: number): AsyncGenerator<string> {
  let kept: Buffer[] = [];
  let length = 0;
  const take = (part: Buffer): void => {
    length += part.length;
    if (length <= maxBytes) kept.push(part);
    else kept = [];
  };
  for await (const chunk of untilDestroyed(stream)) {
    let rest = Buffer.from(chunk);
    for (let end = rest.indexOf(newline); end !== -1; end = rest.indexOf(newline)) {
      take(rest.subarray(0, end));
      if (length > 0 && length <= maxBytes) yield Buffer.concat(kept).toString("utf8");
      kept = [];
      length = 0;
      rest = rest.subarray(end + 1);
    }
    take(rest);
  }
  if (length > 0 && length <= maxBytes) yield Buffer.concat(kept).toString("utf8");
}

async function* untilDestroyed(stream: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    if (!stream.destroyed) throw error;
  }
}
