import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, it } from "vitest";
import * as z from "zod/mini";
import { connectLinear } from "../consumer/clients/linear-connection.ts";
import { createEffect } from "../consumer/effect.ts";

/** A vendor whose first answer is slow. */
const asked: string[] = [];
let openCalls = 0;
let endSlowCall: () => void = () => undefined;
const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const body = await json(incoming);
  asked.push(z.parse(z.object({ query: z.string() }), body).query);
  const end = () => outgoing.writeHead(200, { "content-type": "application/json" }).end('{"data":{"ok":true}}');
  if (asked.length > 1) {
    end();
    return;
  }
  openCalls += 1;
  outgoing.on("close", () => (openCalls -= 1));
  endSlowCall = end;
}

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it("an attempt whose time is up ends the call it has open, and makes no other one beside its retry", async ({
  expect,
}) => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const request = connectLinear({ apiKey: "key", apiUrl: `http://127.0.0.1:${port}` });
  const engine = {
    do: <T>(_name: string, _config: object, run: (context: { attempt: number }) => Promise<T>) => run({ attempt: 1 }),
    sleep: async () => {
      // Its answer comes while the next attempt waits.
      endSlowCall();
      await wait(50);
    },
    waitForEvent: async () => undefined,
  };
  const effect = createEffect(engine, "command-1", {
    log: () => undefined,
    deadline: async () => Infinity,
    patienceMs: 0,
    isStopped: async () => false,
  });
  const schema = z.object({ ok: z.boolean() });
  let forgotten = false;
  const lookThenAct = async (again: boolean) => {
    // What a client does with an abort, it may do well or badly.
    await request(again ? "look again" : "look", {}, schema).catch(() => (forgotten = true));
    await request(again ? "act again" : "act", {}, schema);
    return again;
  };
  expect(await effect("look and act", lookThenAct, { timeoutMs: 100 })).toBe(true);
  await wait(100);
  expect(forgotten).toBe(true);
  expect(asked).toEqual(["look", "look again", "act again"]);
  expect(openCalls).toBe(0);
});
