import picomatch from "picomatch";
import type { Job } from "../shared/job.ts";
import type { Session } from "./memory.ts";

const tools = ["Read", "Glob", "Grep", "Bash", "Edit", "Write"];
const denied = ["WebFetch", "WebSearch", "Edit(.git/**)", "Edit(.github/**)", "Edit(.claude/**)", "Bash(git push:*)"];

/**
 * A rule's path is a gitignore pattern, and `/` at its start is the repository's root. Braces, classes and the like are
 * picomatch's alone: there the rule allows the folder above them, and the check before the commit decides.
 */
export function editRule(glob: string): string {
  if (!/[{}()[\]!+@\\]/.test(glob)) return `Edit(/${glob})`;
  const { base } = picomatch.scan(glob);
  return base ? `Edit(/${base}/**)` : "Edit(/**)";
}

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
  const rules = ["--allowedTools", "Read", "Glob", "Grep", "Bash", ...allowedPaths.map(editRule)];
  const all = ["--print", ...Object.entries(options).flat(), ...flags, ...rules];
  return [...all, "--disallowedTools", ...denied];
}
