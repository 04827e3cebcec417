import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import * as z from "zod";
import { inShapeOf } from "./in-shape-of.ts";

/** What steps have recorded, by their names. Null: nothing but that it is done. */
export type Records = ReadonlyMap<string, unknown>;

interface Run {
  /** What the first life has recorded. */
  records: Map<string, unknown>;
  begun: Set<string>;
  /** After so many records, or the one of this name, the first life is over. */
  endsAfter: number | string;
  firstLife: string;
  isTakenUp: boolean;
  /** Steps that were carried out in the second life. */
  doneLate: string[];
}

const toldSchema = z.object({ run: z.string(), life: z.string(), name: z.string(), result: z.unknown().optional() });

/**
 * Decides for `worker/index.ts` what becomes of each step. A run's first life is recorded; in its second life the same steps are answered from
 * its records, in the shape in which an earlier version would have recorded them.
 */
export async function startHistory(shapes: Records) {
  const runs = new Map<string, Run>();
  const held: ServerResponse[] = [];

  function runOf(id: string): Run {
    const run = runs.get(id) ?? {
      records: new Map(),
      begun: new Set(),
      endsAfter: Number.POSITIVE_INFINITY,
      firstLife: "",
      isTakenUp: false,
      doneLate: [],
    };
    runs.set(id, run);
    return run;
  }

  function isOver({ records, endsAfter }: Run): boolean {
    return typeof endsAfter === "string" ? records.has(endsAfter) : records.size >= endsAfter;
  }

  /** Undefined: never answered, as it is for a process that has died. */
  function decide(path: string | undefined, told: z.infer<typeof toldSchema>): object | undefined {
    const run = runOf(told.run);
    run.firstLife ||= told.life;
    const isSecondLife = run.firstLife !== told.life;
    run.isTakenUp ||= isSecondLife;
    if (!isSecondLife && isOver(run)) return undefined;
    if (path === "/done") {
      if (isSecondLife) run.doneLate.push(told.name);
      else run.records.set(told.name, told.result ?? null);
      return {};
    }
    const recorded = isSecondLife ? run.records.get(told.name) : undefined;
    // What the earlier version did not do yet is done late.
    if (recorded !== undefined && (shapes.size === 0 || shapes.has(told.name))) {
      const shape = shapes.get(told.name);
      return { kind: "recorded", result: shape === null ? null : inShapeOf(shape, recorded) };
    }
    const again = run.begun.has(told.name);
    run.begun.add(told.name);
    return { kind: "live", again };
  }

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const decided = decide(incoming.url, toldSchema.parse(await json(incoming)));
    if (decided) outgoing.end(JSON.stringify(decided));
    else held.push(outgoing);
  }

  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;

  return {
    url: `http://127.0.0.1:${port}`,
    /** Lets a run end in the middle of what it does when it has recorded so many steps, or this one. */
    endAfter: (id: string, at: number | string) => void (runOf(id).endsAfter = at),
    isOver: (id: string): boolean => isOver(runOf(id)),
    /** Whether its second life has begun. */
    isTakenUp: (id: string): boolean => runOf(id).isTakenUp,
    recordsOf: (id: string): Records => runOf(id).records,
    doneLate: (id: string): readonly string[] => runOf(id).doneLate,
    close: () => {
      for (const outgoing of held) outgoing.destroy();
      server.close();
      server.closeAllConnections();
    },
  };
}
