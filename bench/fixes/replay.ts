import type { GitHub } from "../../local/github.ts";
import type { Slack } from "../../local/slack.ts";
import type { Bug } from "./read-bugs.ts";

/** Where the bugs' changes lie, and their tests. */
export const allowedPaths = "src/**,test/**,packages/**";

export interface ReplayNeeds {
  slack: Slack;
  github: GitHub;
  /** The gateway's. */
  url: string;
  endOf: (commandId: string) => Promise<{ outcome: string }>;
}

export interface Replayed {
  outcome: string;
  /** bugbot's last word in the thread. */
  lastWord: string;
  pull: { title: string; body: string; isDraft: boolean } | undefined;
  /** The change as the git host has it, in the form of `Bug.patch`. */
  diff: string;
}

const channel = "C0BUGS";
const people = ["U0ALICE", "U0BOB"];

/** Seeds a bug's repository, writes its thread, sends the signed mention and waits for the last word. */
export async function replay({ name, folder, report }: Bug, needs: ReplayNeeds): Promise<Replayed> {
  const { slack, github, url, endOf } = needs;
  const repository = `acme/${name}`;
  await github.seedRepository(repository, { fromFolder: folder });
  const bugs = slack.workspace.addChannel(channel, "bugs");
  let threadTs: string | undefined;
  for (const [index, text] of report.slice(0, -1).entries()) {
    const user = people[index % people.length] ?? "";
    const { ts } = slack.workspace.post(bugs, { user, text, ...(threadTs && { threadTs }) });
    threadTs ??= ts;
  }
  const eventId = `Ev${name.replaceAll("-", "")}`;
  const words = (report.at(-1) ?? "").replace(/^@bugbot /, "");
  const { path, body, headers, message } = slack.mention(words, { channel, eventId, ...(threadTs && { threadTs }) });
  const answer = await fetch(`${url}${path}`, { method: "POST", body, headers });
  if (!answer.ok) throw new Error(`the gateway answered ${answer.status}: ${await answer.text()}`);
  const { outcome } = await endOf(`slack-${eventId}`);

  const [pull, ...others] = github.pullRequests(repository);
  if (others.length > 0) throw new Error(`${repository} has more than one pull request`);
  const said = slack.thread(channel, threadTs ?? message.ts).filter(({ author }) => author === "bugbot");
  return {
    outcome,
    lastWord: said.at(-1)?.text ?? "",
    pull: pull && { title: pull.title, body: pull.body ?? "", isDraft: pull.draft },
    diff: pull ? plain(await github.diff(repository, "main", pull.head)) : "",
  };
}

/** Without what depends on hashes or on git's version. */
function plain(diff: string): string {
  return diff.replace(/^index .*\n/gm, "").replace(/^(@@ .*? @@).*$/gm, "$1");
}
