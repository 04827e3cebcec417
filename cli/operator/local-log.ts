import { open } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { setTimeout as wait } from "node:timers/promises";
import { localLogFile } from "../../shared/local-log.ts";
import { failed, type Target } from "./api.ts";

const pollMs = 250;

/** The lines of the local stack's log; with `follow` also those to come, of a stack that is started anew too. */
export async function* readLocalLog({ url }: Target, follow: boolean): AsyncGenerator<string> {
  const { port } = new URL(url);
  const path = fileURLToPath(new URL(`../../${localLogFile(port)}`, import.meta.url));
  let read = await readWholeLines(path, 0);
  if (!read) throw failed(`There is no log of a local stack at ${url}. Is \`npm start\` running in this checkout?`);
  yield* read.lines;
  if (!follow) return;
  for (;;) {
    await wait(pollMs);
    read = await readWholeLines(path, read?.end ?? 0);
    yield* read?.lines ?? [];
  }
}

/** What was written after `from`; from the beginning where the file is a new one. Undefined without a file. */
async function readWholeLines(path: string, from: number) {
  const file = await open(path).catch(() => undefined);
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    const start = size < from ? 0 : from;
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(size - start), position: start });
    const end = buffer.subarray(0, bytesRead).lastIndexOf("\n") + 1;
    return { lines: buffer.toString("utf8", 0, end).split("\n").filter(Boolean), end: start + end };
  } finally {
    await file.close();
  }
}
