import * as fc from "fast-check";
import { it, vi } from "vitest";
import { fuzzed, fuzzTimeoutMs } from "../../shared/fuzz.ts";
import { readPush, refuseUpdates } from "./receive-pack.ts";

// A busy machine may take its time.
vi.setConfig({ testTimeout: fuzzTimeoutMs });

const branch = "bugbot/bug-1";
const none = "0".repeat(40);
const ids = ["a", "b"].map((digit) => digit.repeat(40));
const pkt = (text: string) => (text.length + 4).toString(16).padStart(4, "0") + text;

const ref = fc.oneof(
  { weight: 3, arbitrary: fc.constant(`refs/heads/${branch}`) },
  fc.constantFrom("refs/heads/main", "refs/tags/v1", `refs/heads/${branch}/x`, `refs/heads/${branch} `, "HEAD", ""),
  fc.string({ unit: "binary-ascii", maxLength: 30 }),
);
const update = fc
  .tuple(
    fc.constantFrom(none, ...ids),
    fc.constantFrom(none, ...ids),
    ref,
    fc.constantFrom("", "\0 report-status", "\n"),
  )
  .map(([old, next, name, end]) => pkt(`${old} ${next} ${name}${end}`));
const piece = fc.oneof(
  { weight: 4, arbitrary: update },
  { weight: 2, arbitrary: fc.constant("0000") },
  fc.constantFrom("0001", "0002", "0003", "0004", "ffff", "PACK", pkt(`shallow ${ids[0]}`), pkt("push-cert\0x")),
  fc.string({ unit: "binary", maxLength: 12 }),
);

/** What git's own server would write, read apart from the code under test: pkt-lines up to the first flush. */
function refsIn(bytes: Uint8Array): string[] {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  const refs: string[] = [];
  for (let at = 0; ;) {
    const length = Number.parseInt(text.slice(at, at + 4), 16);
    if (length === 0) return refs;
    const [line = ""] = text.slice(at + 4, at + length).split("\0");
    at += length;
    if (!line.startsWith("shallow ")) refs.push(line.slice(82).replace(/\n$/, ""));
  }
}

it("a push of any bytes, in any pieces, is an error, is refused, or writes the run's branch alone and arrives whole", async ({
  expect,
}) => {
  let passed = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 6 }),
      fc.array(fc.nat(400), { maxLength: 20 }),
      fc.boolean(),
      async (pieces, cuts, endsWell) => {
        const sent = new TextEncoder().encode(pieces.join("") + (endsWell ? "0000PACK" : ""));
        const ends = [...cuts.map((cut) => cut % (sent.length + 1)), sent.length].toSorted((a, b) => a - b);
        const chunks = ends.map((end, at) => sent.slice(ends[at - 1] ?? 0, end));
        const body = new ReadableStream<Uint8Array>({
          start(controller) {
            for (const chunk of chunks) controller.enqueue(chunk);
            controller.close();
          },
        });
        const read = await readPush(body).catch((error: unknown) => {
          if (error instanceof TypeError) return undefined;
          throw error;
        });
        if (!read) return;
        const { head, body: rest } = read;
        expect(new Uint8Array(await new Response(rest).arrayBuffer())).toEqual(sent);
        if (refuseUpdates(head, branch, null) !== undefined) return;
        const refs = refsIn(sent);
        if (refs.length > 0) passed += 1;
        expect(refs.filter((name) => name !== `refs/heads/${branch}`)).toEqual([]);
        expect(refs.length).toBeLessThanOrEqual(1);
      },
    ),
    fuzzed(2_000),
  );
  // The run's own branch does get through.
  expect(passed).toBeGreaterThan(10);
});

it("a push that comes byte by byte and never ends is given up", async ({ expect }) => {
  let reads = 0;
  const line = new TextEncoder().encode(pkt(`${none} ${ids[0]} refs/heads/x`));
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const at = reads % line.length;
      reads += 1;
      controller.enqueue(line.slice(at, at + 1));
    },
  });
  await expect(readPush(body)).rejects.toThrow(/too many ref updates/);
  expect(reads).toBeLessThan(70_000);
});
