import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import * as z from "zod/mini";
import { maxCheckpointBytes } from "../shared/limits.ts";
import { maxUnpackedCheckpointBytes } from "./limits.ts";

/**
 * What a conversation keeps between its runs. It names no file: where a transcript lies is decided here, and the paths inside of
 * `work` are judged before any is written.
 */
const checkpointSchema = z.object({
  v: z.literal(1),
  /** Claude Code's own record of the conversation, one JSON object a line. */
  session: z.optional(
    z.object({ id: z.uuid(), transcript: z.string().check(z.refine(isTranscript, "not lines of JSON")) }),
  ),
  /** What was changed and not pushed: `git diff --binary` against the commit the run started from, in base64. */
  work: z.optional(z.base64()),
});
export type Checkpoint = z.infer<typeof checkpointSchema>;

/** Undefined where it is larger than what is kept. */
export async function packCheckpoint(checkpoint: Checkpoint): Promise<Buffer | undefined> {
  const text = JSON.stringify(checkpoint);
  if (text.length > maxUnpackedCheckpointBytes) return undefined;
  const packed = await promisify(gzip)(text);
  return packed.length <= maxCheckpointBytes ? packed : undefined;
}

/** Undefined where it is none: it comes back over the network, and an agent had its hands in it. */
export async function unpackCheckpoint(packed: Buffer): Promise<Checkpoint | undefined> {
  try {
    const text = await promisify(gunzip)(packed, { maxOutputLength: maxUnpackedCheckpointBytes });
    return checkpointSchema.parse(JSON.parse(text.toString("utf8")));
  } catch {
    return undefined;
  }
}

function isTranscript(text: string): boolean {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.length > 0 && lines.every((line) => isObject(line));
}

function isObject(line: string): boolean {
  try {
    return z.looseObject({}).safeParse(JSON.parse(line)).success;
  } catch {
    return false;
  }
}
