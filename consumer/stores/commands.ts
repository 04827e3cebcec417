import * as z from "zod/mini";
import type { ButtonAction } from "../../shared/button.ts";
import type { Command } from "../../shared/command.ts";
import { type Conversation, conversationId } from "../../shared/conversation.ts";
import { clockSkewMs } from "../../shared/limits.ts";
import type { Ending } from "../endings/ending.ts";

const runSchema = z.pipe(
  z.object({ id: z.string(), conversation_id: z.string(), author_id: z.string() }),
  z.transform((row) => ({ id: row.id, conversationId: row.conversation_id, authorId: row.author_id })),
);
const recentSchema = z.pipe(
  z.object({
    id: z.string(),
    name: z.string(),
    text: z.string(),
    outcome: z.nullable(z.string()),
    stage: z.nullable(z.string()),
    cost_usd: z.nullable(z.number()),
    started_at: z.number(),
    issue_identifier: z.nullable(z.string()),
  }),
  z.transform(({ id, name, text, outcome, stage, ...row }) => ({
    id,
    name,
    text,
    outcome,
    stage,
    costUsd: row.cost_usd,
    startedAt: row.started_at,
    issue: row.issue_identifier,
  })),
);
export type RecentCommand = z.infer<typeof recentSchema>;

/** How a command is ended, and by whom. Only who ended it says its last word. */
export interface Settlement {
  ending: Ending;
  button?: ButtonAction | undefined;
  endedBy: "workflow" | "watchdog" | "queue";
  /** What is kept of a command that this version cannot read. */
  body?: string | undefined;
}

/** Commands and how they ended, in D1 `commands`. Every write may be repeated. */
export function createCommands(db: D1Database) {
  function insert(
    command: Command,
    nowMs: number,
    onConflict: string,
    body = JSON.stringify(lasting(command)),
  ): D1PreparedStatement {
    const { id, name, text, conversation, author, receivedAt } = command;
    return db
      .prepare(
        `INSERT INTO commands (id, name, text, conversation_id, author_id, received_at, started_at, body, address)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) ${onConflict}`,
      )
      .bind(id, name, text, conversationId(conversation), author.id, receivedAt, nowMs, body, addressOf(conversation));
  }

  return {
    /** Knows a command from the moment its Workflow exists: what vanishes later is missed. */
    async receive(command: Command, nowMs: number, body?: string): Promise<void> {
      await insert(command, nowMs, "DO NOTHING", body).run();
    },

    /** The command as it is carried out: in its thread, and a retry as what it repeats. False where it has ended already. */
    async admit(command: Command, nowMs: number): Promise<boolean> {
      const { meta } = await insert(
        command,
        nowMs,
        `DO UPDATE SET name = excluded.name, text = excluded.text, conversation_id = excluded.conversation_id, body = excluded.body
         WHERE outcome IS NULL`,
      ).run();
      return meta.changes > 0;
    },

    /** Asks a command that has not ended to stop. */
    async requestStop(id: string, nowMs: number): Promise<void> {
      await db
        .prepare(
          "UPDATE commands SET stop_requested_at = ? WHERE id = ? AND outcome IS NULL AND stop_requested_at IS NULL",
        )
        .bind(nowMs, id)
        .run();
    },

    /**
     * Whether somebody asked it to stop: also in its thread after it was written, where that word came before it. A ❌ is on a message, not in a
     * thread, and may not be its author's; a stop that was refused is none.
     */
    async stopRequested(id: string): Promise<boolean> {
      const found = await db
        .prepare(
          `SELECT 1 FROM commands AS mine WHERE id = ?1 AND (stop_requested_at IS NOT NULL OR EXISTS (
             SELECT 1 FROM commands AS stop WHERE stop.name = 'stop' AND stop.conversation_id = mine.conversation_id
             AND stop.outcome IS NOT 'refused' AND (stop.conversation_id NOT LIKE 'slack:%' OR
               iif(json_valid(stop.body), stop.body ->> '$.conversation.threadId', NULL) IS NOT NULL)
             AND stop.received_at > mine.received_at AND stop.received_at <= stop.started_at + ${clockSkewMs}
             AND NOT EXISTS (SELECT 1 FROM commands AS named WHERE named.id = stop.text AND named.id <> ?1)))`,
        )
        .bind(id)
        .first();
      return found !== null;
    },

    /** Whether a command of the conversation has succeeded with this pull request. */
    async hasTold(conversation: string, pullRequestUrl: string): Promise<boolean> {
      const found = await db
        .prepare(
          "SELECT 1 FROM commands WHERE conversation_id = ? AND pull_request_url = ? AND outcome = 'succeeded' LIMIT 1",
        )
        .bind(conversation, pullRequestUrl)
        .first();
      return found !== null;
    },

    /** Makes `by` the one that does `id` again. False while another one that has not ended does: one `UPDATE` decides. */
    async claimRetry(id: string, by: string): Promise<boolean> {
      const { meta } = await db
        .prepare(
          `UPDATE commands SET retried_by = ?2 WHERE id = ?1 AND (retried_by IS NULL OR retried_by = ?2
           OR EXISTS (SELECT 1 FROM commands AS other WHERE other.id = commands.retried_by AND other.outcome IS NOT NULL))`,
        )
        .bind(id, by)
        .run();
      return meta.changes > 0;
    },

    /** Notes the message that follows a command. */
    async follow(id: string, statusMessageId: string): Promise<void> {
      await db.prepare("UPDATE commands SET status_message_id = ? WHERE id = ?").bind(statusMessageId, id).run();
    },

    /** Notes what a command does now. */
    async reach(id: string, stage: string): Promise<void> {
      await db.prepare("UPDATE commands SET stage = ? WHERE id = ?").bind(stage, id).run();
    },

    /** Ends a command, once. False when somebody else has ended it: theirs is the last word then. */
    async settle(command: Command, { ending, button, endedBy, body }: Settlement, nowMs: number): Promise<boolean> {
      const { id } = command;
      const { outcome, reply, pullRequestUrl, usage, issue, card, links, died } = ending;
      const [, , found] = await db.batch([
        insert(command, nowMs, "DO NOTHING", body),
        db
          .prepare(
            `UPDATE commands SET outcome = ?1, reply = ?2, reply_button = ?3, pull_request_url = ?4, cost_usd = ?5, issue_identifier = ?6,
               settled_at = ?7, ended_by = ?8, last_word_at = iif(?2 = '', ?7, NULL), address = iif(?2 = '', NULL, address), reply_extras = ?10
             WHERE id = ?9 AND outcome IS NULL`,
          )
          .bind(
            outcome,
            reply,
            button ?? null,
            pullRequestUrl ?? null,
            usage?.costUsd ?? null,
            issue ?? null,
            nowMs,
            endedBy,
            id,
            JSON.stringify({ card, links, died }),
          ),
        db.prepare("SELECT 1 FROM commands WHERE id = ? AND ended_by <> ?").bind(id, endedBy),
      ]);
      return found?.results.length === 0;
    },

    /** The command as it was queued, as JSON. */
    async body(id: string): Promise<string | null> {
      return db.prepare("SELECT body FROM commands WHERE id = ?").bind(id).first<string>("body");
    },

    /** Work that has not ended, in conversations whose ids start with `prefix`. */
    async running(prefix: string) {
      const { results } = await db
        .prepare(
          `SELECT id, conversation_id, author_id FROM commands
           WHERE outcome IS NULL AND name IN ('fix', 'contextualize', 'retry') AND substr(conversation_id, 1, length(?1)) = ?1 ORDER BY started_at`,
        )
        .bind(prefix)
        .all();
      return z.array(runSchema).parse(results);
    },

    /** The fix that works for a conversation or, before it does, an earlier one that is about to; null where `command` is the first. */
    async workingFor(conversation: string, command: Pick<Command, "id" | "receivedAt">): Promise<string | null> {
      return db
        .prepare(
          `SELECT id FROM commands WHERE conversation_id = ?1 AND name = 'fix' AND outcome IS NULL AND id <> ?2
           AND (id = (SELECT running_command_id FROM conversations WHERE id = ?1) OR (+received_at, id) < (?3, ?2))
           ORDER BY id = (SELECT running_command_id FROM conversations WHERE id = ?1) DESC, received_at, id LIMIT 1`,
        )
        .bind(conversation, command.id, command.receivedAt)
        .first<string>("id");
    },

    /** How many fixes of a conversation that came before `command` have not ended: the one that works, and what waits for it. */
    async unendedBefore(conversation: string, command: Pick<Command, "id" | "receivedAt">): Promise<number> {
      const found = await db
        .prepare(
          `SELECT count(*) AS number FROM commands WHERE conversation_id = ?1 AND name = 'fix' AND outcome IS NULL
           AND (+received_at, id) < (?3, ?2)`,
        )
        .bind(conversation, command.id, command.receivedAt)
        .first<number>("number");
      return found ?? 0;
    },

    /** Who asked for a command; null where it has ended, or is not known. */
    async authorOfUnended(id: string): Promise<string | null> {
      return db
        .prepare("SELECT author_id FROM commands WHERE id = ? AND outcome IS NULL")
        .bind(id)
        .first<string>("author_id");
    },

    /** The running command that this message follows. */
    async followedBy(statusMessageId: string) {
      const row = await db
        .prepare("SELECT id, conversation_id, author_id FROM commands WHERE status_message_id = ? AND outcome IS NULL")
        .bind(statusMessageId)
        .first();
      return row === null ? null : runSchema.parse(row);
    },

    /** The last work that was asked for in a conversation, a channel or a workspace: what runs, then the newest. */
    async recent(scope: string, limit: number, except: string): Promise<RecentCommand[]> {
      const { results } = await db
        .prepare(
          `SELECT id, name, text, outcome, stage, cost_usd, started_at, issue_identifier FROM commands
           WHERE ${columnOf(scope)} = ?1 AND id <> ?3 AND name IN ('fix', 'contextualize')
           ORDER BY outcome IS NULL DESC, received_at DESC LIMIT ?2`,
        )
        .bind(scope, limit, except)
        .all();
      return z.array(recentSchema).parse(results);
    },
  };
}
export type Commands = ReturnType<typeof createCommands>;

/** What `slack:T1:`, `slack:T1:C1:` or a conversation's id is a value of. */
function columnOf(scope: string): "workspace" | "channel" | "conversation_id" {
  if (!scope.endsWith(":")) return "conversation_id";
  return scope.split(":").length === 3 ? "workspace" : "channel";
}

/** The conversation with what `lasting` leaves out; null where that is nothing. */
function addressOf(conversation: Conversation): string | null {
  const opens = conversation.platform === "slack" ? conversation.responseUrl : conversation.interaction;
  return opens === undefined ? null : JSON.stringify(conversation);
}

/** A command without what opens a door for a while: an interaction's token, a response URL. */
export function lasting({ conversation, ...command }: Command): Command {
  if (conversation.platform === "slack") {
    const { responseUrl: _responseUrl, ...kept } = conversation;
    return { ...command, conversation: kept };
  }
  const { interaction: _interaction, ...kept } = conversation;
  return { ...command, conversation: kept };
}
