import { parseJson } from "../../shared/parse-json.ts";
import { type Redact, redactJson } from "../../shared/redact.ts";

/** What a vendor answered, without the secrets in it: read so before anything is made of it, they have the form in which they are known. */
export function redactAnswer(text: string, redact: Redact): string {
  const answer = parseJson(text);
  return answer === undefined ? redact(text) : JSON.stringify(redactJson(answer, redact));
}
