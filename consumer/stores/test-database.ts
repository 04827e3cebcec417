import { env } from "cloudflare:workers";
import type { Command } from "../../shared/command.ts";
import { splitStatements } from "./split-statements.ts";

const migrations = import.meta.glob<string>("../migrations/*.sql", { query: "?raw", import: "default", eager: true });

/** D1 as a deployment has it, and empty. */
export async function emptyDatabase(): Promise<D1Database> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'",
  ).all<{ name: string }>();
  for (const { name } of results) await env.DB.prepare(`DROP TABLE ${name}`).run();
  const statements = Object.keys(migrations)
    .toSorted()
    .flatMap((name) => splitStatements(migrations[name] ?? ""));
  await env.DB.batch(statements.map((statement) => env.DB.prepare(statement)));
  return env.DB;
}

export function testCommand(id: string): Command {
  return {
    v: 1,
    id,
    name: "fix",
    text: "it",
    conversation: { platform: "slack", teamId: "T1", channelId: "C1", threadId: "1.1", messageId: "1.1" },
    author: { id: "U1" },
    references: {},
    receivedAt: 1,
  };
}
