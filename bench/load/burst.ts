import { workersPid } from "../../local/workers-pid.ts";
import { startContextualizer } from "../evidence/contextualizer.ts";
import { sendRequests } from "../gateway/load.ts";
import type { Cleanup } from "../report/cleanup.ts";
import { watchMemory } from "./watch-memory.ts";

export const connections = 8;
const timeoutMs = 10 * 60_000;

/** Every limit holds, and none is reached: nobody is an operator, each mention is another person's, and the workspace has room for all. */
const limited = { BUGBOT_OPERATORS: "U0NOBODY", BUGBOT_MAX_RUNNING: "10000" };

/** So many mentions at once, each of its own thread and person, in a stack of their own; and what came of them. */
export async function burst(cleanup: Cleanup, count: number) {
  const bugbot = await startContextualizer(cleanup, limited);
  await bugbot.contextualize("warm-up");
  const { url, containerServer } = bugbot.stack;
  const memory = watchMemory({ workerd: await workersPid(url), container: containerServer?.pid ?? 0 });
  const asked = Array.from({ length: count }, (_each, at) => bugbot.ask(`burst-${at}`, `U0BURST${at}`));
  const requests = asked.map(({ body, headers }) => ({
    body,
    headers: { ...headers, "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) },
  }));

  const startedAt = performance.now();
  const port = Number(new URL(url).port);
  // It throws unless each is answered with 200.
  const gateway = await sendRequests({ port, path: "/slack/events", connections, requests, timeoutMs });
  const answeredMs = performance.now() - startedAt;
  const ends = await Promise.all(asked.map(({ commandId }) => bugbot.endOf(commandId)));
  const drainedMs = performance.now() - startedAt;
  const mostMemory = await memory.stop();

  const { issues, comments, attachments } = bugbot.linear.workspace;
  let unfinished = ends.filter(({ outcome }) => outcome !== "succeeded").length;
  // Also what no thread knows of.
  let doubled = Math.max(0, issues.length - (count + 1));
  for (const { message } of asked) {
    const words = bugbot.thread(message.ts).filter(({ author }) => author === "bugbot");
    const links = attachments.filter(({ url: link }) => link.endsWith(`p${message.ts.replace(".", "")}`));
    const commented = comments.filter(({ issueId }) => links.some((link) => link.issueId === issueId));
    const made = [words, links, commented];
    if (made.some(({ length }) => length === 0)) unfinished += 1;
    if (made.some(({ length }) => length > 1)) doubled += 1;
  }
  await cleanup.run();
  return { requests, gateway, answeredMs, drainedMs, unfinished, doubled, mostMemory, msEach: drainedMs / count };
}
