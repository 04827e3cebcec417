import type { SQLInputValue } from "node:sqlite";
import { invalid } from "./errors.ts";
import { knownFunctions } from "./hogql-functions.ts";

const tables: Record<string, readonly string[]> = {
  events:
    "uuid event properties timestamp distinct_id elements_chain created_at $session_id $window_id person_id issue_id".split(
      " ",
    ),
  persons: ["id", "created_at", "properties", "is_identified"],
  person_distinct_ids: ["distinct_id", "person_id"],
};
const columns = new Set(Object.values(tables).flat());

const keywords = new Set(
  "SELECT FROM WHERE AND OR NOT IN GROUP BY HAVING ORDER LIMIT AS ASC DESC OVER PARTITION DISTINCT IS NULL BETWEEN CASE WHEN THEN ELSE END".split(
    " ",
  ),
);
/** https://posthog.com/docs/api/queries */
const noOffset =
  "OFFSET is not supported on queries made with a personal API key. For pagination, use keyset pagination on the `timestamp` column.";

const token =
  /\s+|(?<string>'(?:[^'\\]|''|\\.)*')|(?<placeholder>\{\s*\w+\s*\})|(?<number>\d+(?:\.\d+)?)|(?<name>[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)|(?<sign><=|>=|!=|=|<|>|[-+*/%(),])/y;

export interface Translated {
  sql: string;
  parameters: SQLInputValue[];
  limited: boolean;
}

/** HogQL's subset that is also SQLite's, with placeholders bound and property access made a function. Throws `PostHogError`. */
export function translate(query: string, values: Readonly<Record<string, unknown>>): Translated {
  const tokens = tokenize(query);
  const aliases = new Set(tokens.flatMap(({ text }, index) => (isWord(tokens[index - 1]?.text, "AS") ? [text] : [])));
  const parameters: SQLInputValue[] = [];
  let depth = 0;
  let limited = false;

  const sql = tokens.map(({ kind, text }, index) => {
    if (text === "(") depth += 1;
    if (text === ")") depth -= 1;
    if (kind === "placeholder") return bind(text.slice(1, -1).trim());
    if (kind === "string") return `'${text.slice(1, -1).replace(/\\(.)/g, "$1").replaceAll("'", "''")}'`;
    if (kind !== "name") return text;
    const upper = text.toUpperCase();
    if (upper === "OFFSET") throw invalid(noOffset);
    if (upper === "LIMIT" && depth === 0) limited = true;
    if (keywords.has(upper)) return upper;
    if (tokens[index + 1]?.text === "(") return call(text);
    if (isWord(tokens[index - 1]?.text, "FROM")) return table(text);
    return field(text);
  });
  return { sql: sql.join(" "), parameters, limited };

  function bind(name: string): string {
    const value = values[name];
    if (value === undefined || value === null) throw invalid(`Unresolved placeholder: {${name}}`);
    const items: unknown[] = Array.isArray(value) ? value : [value];
    for (const item of items) parameters.push(bindable(item));
    const marks = items.map(() => "?").join(", ");
    return Array.isArray(value) ? `(${marks})` : marks;
  }
  function call(name: string): string {
    if (!knownFunctions.has(name)) throw invalid(`Unsupported function call '${name}(...)'`);
    return name;
  }
  function table(name: string): string {
    if (!Object.hasOwn(tables, name)) throw invalid(`Unknown table \`${name}\`.`);
    return `"${name}"`;
  }
  function field(name: string): string {
    const [first = "", second, ...more] = name.split(".");
    if (first === "properties" && second !== undefined && more.length === 0)
      return `property("properties", '${second}')`;
    if (second !== undefined || !(columns.has(first) || aliases.has(first))) {
      throw invalid(`Unable to resolve field: ${name}`);
    }
    return `"${first}"`;
  }
}

interface Token {
  kind: string;
  text: string;
}

function tokenize(query: string): Token[] {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < query.length) {
    const at = token.lastIndex;
    const found = token.exec(query);
    if (!found) throw invalid(`Syntax error at position ${at}: unexpected ${query[at]}`, "syntax_error");
    const [kind, text] = Object.entries(found.groups ?? {}).find(([, matched]) => matched !== undefined) ?? [];
    if (kind !== undefined && text !== undefined) tokens.push({ kind, text });
  }
  return tokens;
}

function isWord(text: string | undefined, word: string): boolean {
  return text?.toUpperCase() === word;
}

function bindable(value: unknown): SQLInputValue {
  if (typeof value === "string" || typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  throw invalid("Constants must be text, numbers or lists of them.");
}
