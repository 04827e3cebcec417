import { styleText } from "node:util";
import { chatPart, firstAt, indent, issuePart, part, type StoryFacts, timePart } from "./story.ts";

/** How a report became a pull request, for a person to read. */
export async function tellFix(facts: StoryFacts): Promise<string> {
  const { chat, linear, github, repository, costUsd, scripted } = facts;
  const [pull] = github.pullRequests(repository);
  const diff = pull ? await github.diff(repository, pull.base, pull.head) : "";
  const { requests } = github;
  return [
    chatPart(chat),
    issuePart(linear),
    part(
      "The pull request on GitHub",
      pull
        ? [
            `  #${pull.number} ${pull.title}`,
            `  ${pull.head} → ${pull.base}`,
            "",
            ...indent(pull.body ?? ""),
            "",
            ...indent(diff).map(colourDiff),
          ]
        : ["  none"],
    ),
    timePart(facts, [
      ["repository and issue found, run started", firstAt(requests, ({ path }) => path.includes("git-upload-pack"))],
      ["cloned, fixed, checked and pushed", firstAt(requests, ({ path }) => path.endsWith("/git-receive-pack"))],
      [
        "checked again, pull request opened",
        firstAt(requests, ({ method, path }) => method === "POST" && path.endsWith("/pulls")),
      ],
    ]),
    part("Cost", [
      `  $${costUsd.toFixed(4)} as Claude Code counts it${scripted ? ", for scripted answers: nothing was spent" : ""}`,
    ]),
  ].join("\n");
}

function colourDiff(line: string): string {
  if (/^ {2}\+(?!\+\+)/.test(line)) return styleText("green", line);
  return /^ {2}-(?!--)/.test(line) ? styleText("red", line) : line;
}
