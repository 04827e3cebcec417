import * as z from "zod/mini";
import { sha256 } from "../../shared/audit-entry.ts";
import { parseJson } from "../../shared/parse-json.ts";
import { commandSchema } from "../../shared/command.ts";
import { apiPage } from "../../shared/limits.ts";
import { type Letter, letterStatuses } from "../stores/dead-letters.ts";
import type { Api, ApiNeeds } from "./api.ts";
import { answerPage } from "./answer-page.ts";
import { deedOf } from "./deed-of.ts";
import { readNumber } from "./read-number.ts";
import { Refusal } from "./refusal.ts";
import { refusePrivate, startAgain } from "./start-again.ts";

export function addLetterRoutes(api: Api, needs: ApiNeeds): void {
  const { deadLetters, audit } = needs;

  api.get("/dlq", async (c) => {
    const given = c.req.query("status");
    const status = letterStatuses.find((known) => known === given);
    if (given !== undefined && !status)
      throw new Refusal(400, "bad_query", `status is one of ${letterStatuses.join(", ")}.`);
    const limit = readNumber("limit", c.req.query("limit"), { fallback: 100, min: 1, max: apiPage.letters });
    const before = c.req.query("before");
    if (before !== undefined) await letter(before);
    const letters = await deadLetters.list(limit + 1, status, before);
    return answerPage(c, letters.map(inShort), limit, ({ id }) => id);
  });

  api.get("/dlq/:id", async (c) => c.json(await letter(c.req.param("id"))));

  api.post("/dlq/:id/replay", async (c) => {
    const found = await letter(c.req.param("id"));
    const { id, body, status } = found;
    // The same id each time: two who replay at once start one.
    const newId = `replay-${(await sha256(id)).slice(0, 16)}`;
    // Marked by whoever died before it was begun: it is begun now.
    const isMarked =
      status === "replayed" && found.replayedAs === newId && (await needs.tasks.find(newId)) === undefined;
    if (status !== "dead" && !isMarked) throw dealtWith(found);
    const command = z.safeParse(commandSchema, parseJson(body));
    if (!command.success) {
      throw new Refusal(
        409,
        "not_a_command",
        `${id} is no command that this version can read, so it cannot be replayed. \`npx bugbot dlq drop ${id}\` puts it away.`,
      );
    }
    refusePrivate(command.data);
    const by = c.get("operator");
    const deed = { ...deedOf(c, id, "replayed_dead_letter"), facts: { as: newId } };
    if (!isMarked && !(await audit.recordWith([deadLetters.replayed(id, newId)], [deed])))
      throw dealtWith(await letter(id));
    try {
      await startAgain(command.data, { id: newId, by }, needs);
    } catch (error) {
      await deadLetters.markDeadAgain(id, newId);
      throw error;
    }
    return c.json({ id, status: "replayed", commandId: newId });
  });

  api.post("/dlq/:id/drop", async (c) => {
    const { id } = await letter(c.req.param("id"));
    const deed = deedOf(c, id, "dropped_dead_letter");
    if (!(await audit.recordWith([deadLetters.dropped(id)], [deed]))) throw dealtWith(await letter(id));
    return c.json({ id, status: "dropped" });
  });

  async function letter(id: string) {
    const found = await deadLetters.find(id);
    if (found) return found;
    throw new Refusal(
      404,
      "no_such_letter",
      `There is no dead letter ${id}. \`npx bugbot dlq list\` shows what there is.`,
    );
  }
}

function inShort({ replayedAs: _replayedAs, ...letter }: Letter) {
  return letter;
}

function dealtWith({ id, status, replayedAs }: Letter): Refusal {
  const how =
    replayedAs === null ? "" : ` as ${replayedAs}: \`npx bugbot tasks show ${replayedAs}\` says how that went`;
  return new Refusal(409, "dealt_with", `${id} is ${status} already${how}.`);
}
