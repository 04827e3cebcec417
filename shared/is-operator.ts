/** Whether a person's id is among `BUGBOT_OPERATORS`; `*` is anybody. */
export function isOperator(id: string, operators: readonly string[]): boolean {
  return operators.includes("*") || operators.includes(id);
}
