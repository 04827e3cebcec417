import * as z from "zod";
import { docker } from "./docker.ts";

/** One attempt to reach the outside. */
export interface Attempt {
  /** `METHOD URL` */
  line: string;
  body?: object;
}

const answersSchema = z.record(z.string(), z.string());
const begin = "<answers>";
const end = "</answers>";

const source = (attempts: readonly Attempt[]) => `
const answers = {};
for (const { line, body } of ${JSON.stringify(attempts.map(({ line, body }) => ({ line, body })))}) {
  const [method, url] = line.split(" ");
  const init = { method, redirect: "manual", signal: AbortSignal.timeout(10_000) };
  const headers = { "content-type": "application/json", "anthropic-version": "2023-06-01" };
  if (body) Object.assign(init, { body: JSON.stringify(body), headers });
  answers[line] = await fetch(url, init).then(
    async (response) => response.status + " " + (await response.text()).slice(0, 300),
    (error) => "failed: " + (error.cause?.code ?? error.message));
}
console.log("${begin}" + JSON.stringify(answers) + "${end}");
`;

/** A shell command that makes these attempts, one after the other. */
export function probeCommand(attempts: readonly Attempt[]): string {
  return `node --input-type=module -e '${source(attempts)}'`;
}

/** What the attempts were answered, by their line: status and the head of the body, or `failed: …`. */
export function readAnswers(printed: string): Record<string, string> {
  return answersSchema.parse(JSON.parse(printed.slice(printed.indexOf(begin) + begin.length, printed.indexOf(end))));
}

/** Makes the attempts in a container from outside, as whatever is left in there could. */
export async function probeIn(container: string, attempts: readonly Attempt[]): Promise<Record<string, string>> {
  const trusting = "NODE_EXTRA_CA_CERTS=/etc/cloudflare/certs/cloudflare-containers-ca.crt";
  return readAnswers(
    await docker("exec", "--env", trusting, container, "node", "--input-type=module", "-e", source(attempts)),
  );
}
