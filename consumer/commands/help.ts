import type { Command } from "../../shared/command.ts";
import type { Ending } from "../ending.ts";

const usage = `\`@bugbot fix https://github.com/owner/name what goes wrong\` – find the cause and open a pull request
\`@bugbot status\` – what I am doing in this thread
\`@bugbot stop\` – stop it
Name a Linear issue (\`BUG-12\`) to work on it; otherwise I file one.`;

export function help({ text }: Command): Ending {
  const [word = ""] = text.split(/\s/, 1);
  const opening = word ? `I do not know “${word.slice(0, 40)}”. This is what I understand:\n` : "";
  return { outcome: "succeeded", reply: `${opening}${usage}` };
}
