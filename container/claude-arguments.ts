import type { Job } from "../shared/job.ts";
import { editRules } from "./edit-rules.ts";
import type { Session } from "./memory.ts";

const tools = ["Read", "Glob", "Grep", "Bash", "Edit", "Write"];
const denied = ["WebFetch", "WebSearch", "Bash(git push:*)"];

/** Settings of the repository (hooks, MCP servers, its own rules) are not read: only these count. */
export function claudeArguments({ model, limits, allowedPaths }: Job, { id, isResumed }: Session): string[] {
  const options = {
    "--output-format": "stream-json",
    "--input-format": "stream-json",
    "--setting-sources": "user",
    "--permission-mode": "dontAsk",
    "--model": model.name,
    "--max-turns": String(limits.maxTurns),
    "--max-budget-usd": String(limits.maxCostUsd),
    "--tools": tools.join(","),
    [isResumed ? "--resume" : "--session-id"]: id,
  };
  const flags = ["--verbose", "--replay-user-messages", "--strict-mcp-config", "--disable-slash-commands"];
  const { allow, deny } = editRules(allowedPaths);
  const all = ["--print", ...Object.entries(options).flat(), ...flags];
  return [...all, "--allowedTools", "Read", "Glob", "Grep", "Bash", ...allow, "--disallowedTools", ...denied, ...deny];
}
