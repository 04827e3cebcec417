import { apiPage } from "../../shared/limits.ts";
import { interrupt } from "../commands/stop.ts";
import { isWork } from "../../shared/is-work.ts";
import type { Api, ApiNeeds } from "./api.ts";
import { answerPage } from "./answer-page.ts";
import { deedOf } from "./deed-of.ts";
import { readNumber } from "./read-number.ts";
import { Refusal } from "./refusal.ts";
import { refusePrivate, startAgain } from "./start-again.ts";

export function addTaskRoutes(api: Api, needs: ApiNeeds): void {
  const { tasks, commands, record, now } = needs;

  api.get("/tasks", async (c) => {
    const running = c.req.query("running") === "true";
    const limit = readNumber("limit", c.req.query("limit"), { fallback: 50, min: 1, max: apiPage.tasks });
    const before = c.req.query("before");
    if (before !== undefined) await find(before);
    return answerPage(c, await tasks.list(limit + 1, running, before), limit, ({ id }) => id);
  });

  api.get("/tasks/:id", async (c) => c.json((await find(c.req.param("id"))).task));

  api.post("/tasks/:id/stop", async (c) => {
    const { task, command } = await find(c.req.param("id"));
    const { id, name, outcome, conversation } = task;
    if (outcome !== null)
      throw new Refusal(409, "ended", `${id} has ended already (${outcome}): there is nothing to stop.`);
    if (command && !isWork(command)) {
      throw new Refusal(409, "no_work", `${id} is a ${name}, which is answered at once: there is no work to stop.`);
    }
    await record(deedOf(c, id, "asked_to_stop"));
    await commands.requestStop(id, now());
    await interrupt({ id, conversationId: conversation }, needs).catch(() => undefined);
    return c.json({ id, status: "stopping" });
  });

  api.post("/tasks/:id/retry", async (c) => {
    const { task, command } = await find(c.req.param("id"));
    const { id, outcome } = task;
    if (outcome === null) {
      throw new Refusal(409, "running", `${id} still runs. \`npx bugbot tasks stop ${id}\` stops it.`);
    }
    if (!command)
      throw new Refusal(
        409,
        "not_readable",
        `Another version of bugbot kept ${id}, and this one cannot read it. Write it again in its thread.`,
      );
    refusePrivate(command);
    const newId = `retry-${c.get("request")}`;
    await record({ ...deedOf(c, id, "retried"), facts: { as: newId } });
    await startAgain(command, { id: newId, by: c.get("operator") }, needs);
    return c.json({ id, commandId: newId });
  });

  async function find(id: string) {
    const found = await tasks.find(id);
    if (found) return found;
    throw new Refusal(404, "no_such_task", `There is no command ${id}. \`npx bugbot tasks list\` shows the latest.`);
  }
}
