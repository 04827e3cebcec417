/** https://git-scm.com/docs/pack-protocol#_pushing_data_to_a_server: ref updates as pkt-lines, a flush, then the pack. */

export interface RefUpdate {
  oldId: string;
  newId: string;
  ref: string;
}

export interface PushHead {
  updates: RefUpdate[];
  capabilities: string[];
}

/** Ref updates of one push, at most: bugbot writes one. */
const maxHeadBytes = 64 * 1024;
const updateLine = /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) ([^\0\n]+?)(?:\0([^\n]*))?\n?$/;
/** How a shallow clone says where its history ends. */
const shallowLine = /^shallow [0-9a-f]{40,64}\n?$/;

/**
 * Reads a push's ref updates and gives back the whole body, those bytes included, for forwarding. The pack itself is
 * streamed, never held. Throws `TypeError` on anything that is not a push.
 */
export async function readPush(
  body: ReadableStream<Uint8Array>,
): Promise<{ head: PushHead; body: ReadableStream<Uint8Array> }> {
  const reader = body.getReader();
  const parser = createHeadParser();
  const read: Uint8Array[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new TypeError("the push ends before its ref updates do");
    read.push(value);
    const head = parser.push(value);
    if (head) return { head, body: resume(read, reader) };
  }
}

/** Takes a push's beginning in pieces; answers with its ref updates once the flush after them has arrived. */
function createHeadParser() {
  const updates: RefUpdate[] = [];
  let capabilities: string[] = [];
  const bytes = new Uint8Array(maxHeadBytes);
  let length = 0;
  /** Where the line begins that is not read yet. */
  let at = 0;

  function readLine(line: string): void {
    if (shallowLine.test(line)) return;
    const [, oldId, newId, ref, listed] = updateLine.exec(line) ?? [];
    if (!oldId || !newId || !ref) throw new TypeError("not a ref update");
    if (listed) capabilities = listed.trim().split(" ");
    updates.push({ oldId, newId, ref });
  }

  return {
    push(piece: Uint8Array): PushHead | undefined {
      const taken = piece.subarray(0, maxHeadBytes - length);
      bytes.set(taken, length);
      length += taken.length;
      while (length >= at + 4) {
        const digits = ascii(bytes.subarray(at, at + 4));
        if (!/^[0-9a-f]{4}$/i.test(digits)) throw new TypeError("not a pkt-line");
        const size = Number.parseInt(digits, 16);
        if (size === 0) return { updates, capabilities };
        if (size < 5) throw new TypeError("not a ref update");
        if (length < at + size) break;
        readLine(ascii(bytes.subarray(at + 4, at + size)));
        at += size;
      }
      if (length === maxHeadBytes) throw new TypeError("too many ref updates");
      return undefined;
    },
  };
}

function resume(
  read: readonly Uint8Array[],
  reader: ReadableStreamDefaultReader<Uint8Array>,
): ReadableStream<Uint8Array> {
  const again = read.values();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = again.next();
      if (!done) return controller.enqueue(value);
      const next = await reader.read();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

/** The same body, of which the last piece is handed on only if `may` says so; otherwise the body breaks off. */
export function endOnlyIf(body: ReadableStream<Uint8Array>, may: () => Promise<boolean>): ReadableStream<Uint8Array> {
  const { readable, writable } = new IdentityTransformStream();
  void handOn(body.getReader(), writable.getWriter(), may);
  return readable;
}

/** Piece by piece, each when the one before has been taken: nothing piles up. */
async function handOn(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  may: () => Promise<boolean>,
): Promise<void> {
  try {
    let last: Uint8Array | undefined;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (value.length === 0) continue;
      if (last) await writer.write(last);
      last = value;
    }
    if (!(await may())) throw new Error("the run is over");
    if (last) await writer.write(last);
    await writer.close();
  } catch (error) {
    await Promise.allSettled([reader.cancel(error), writer.abort(error)]);
  }
}

/** Why these updates may not pass, or nothing. A push of nothing is git asking whether it may. */
export function refuseUpdates({ updates }: PushHead, branch: string, headBefore: string | null): string | undefined {
  const allowed = `refs/heads/${branch}`;
  const other = updates.find(({ ref }) => ref !== allowed);
  if (other) return `this run may push ${branch} only`;
  if (updates.length > 1) return "one ref at a time";
  if (updates.some(({ newId }) => /^0+$/.test(newId))) return "this run may not delete its branch";
  // Whatever came onto the branch since the run began is somebody else's.
  if (updates.some(({ oldId }) => (headBefore === null ? !/^0+$/.test(oldId) : oldId !== headBefore))) {
    return "the branch is not where this run began";
  }
  return undefined;
}

/** The refusal in git's own protocol, so that the command line shows `! [remote rejected] … (bugbot: reason)`. */
export function rejection({ updates, capabilities }: PushHead, reason: string): Uint8Array<ArrayBuffer> {
  const report = [
    ...["unpack ok\n", ...updates.map(({ ref }) => `ng ${ref} bugbot: ${reason}\n`)].map(pktLine),
    "0000",
  ].join("");
  const sideband = capabilities.includes("side-band-64k") || capabilities.includes("side-band");
  return Uint8Array.from(new TextEncoder().encode(sideband ? `${pktLine(`\x01${report}`)}0000` : report));
}

/** An answer of which git shows `remote error: bugbot: reason`, where it asked what `service` has to offer; any git request else fails with it. */
export function remoteError(service: string | null, reason: string): Response {
  const error = pktLine(`ERR bugbot: ${reason}`);
  if (service === null) return new Response(error, { status: 502 });
  return new Response(`${pktLine(`# service=${service}\n`)}0000${error}`, {
    headers: { "content-type": `application/x-${service}-advertisement`, "cache-control": "no-cache" },
  });
}

function pktLine(text: string): string {
  return (new TextEncoder().encode(text).length + 4).toString(16).padStart(4, "0") + text;
}

/** Ref names may hold any bytes; one character per byte keeps lengths right and compares exactly with an ASCII branch. */
function ascii(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}
