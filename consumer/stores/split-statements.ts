/** A migration's statements. Each ends with a `;` at the end of its line, which those inside a trigger do not. */
export function splitStatements(sql: string): string[] {
  return `${sql}\n`
    .replace(/--[^\n]*/g, "")
    .split(/;[ \t]*\n/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}
