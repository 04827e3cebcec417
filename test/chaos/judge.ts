import type { World } from "../world.ts";
import { look, type Sight } from "./look.ts";

export interface Case {
  command: "contextualize" | "fix";
  before: Sight;
  ts: string;
  /** The command's and its new attempts', with how each ended. */
  ids: string[];
  outcomes: string[];
  /** The vendor's call that was broken: what it was about may be missing. */
  broken?: string | undefined;
}

const ended = new Map([
  ["succeeded", ":white_check_mark:"],
  ["failed", ":x:"],
  ["refused", ":x:"],
  ["timed_out", ":hourglass_flowing_sand:"],
]);

/** What is not as promised: nothing made twice, exactly one last word, a dead letter for what failed, a thread that is free. */
export async function judge(world: World, { command, before, ts, ids, outcomes, broken }: Case): Promise<string[]> {
  const after = await look(world);
  const made = {
    issues: after.issues.length - before.issues.length,
    comments: after.comments.length - before.comments.length,
    branches: after.branches.length - before.branches.length,
    pulls: after.pulls.length - before.pulls.length,
    links: after.links.length - before.links.length,
  };
  const hasSucceeded = outcomes.at(-1) === "succeeded";
  const isFix = command === "fix";
  const said = world.slack.thread(world.channel, ts).filter(({ author }) => author === "bugbot");
  const problems: string[] = [];
  const must = (holds: boolean, problem: string) => void (holds || problems.push(problem));

  must(made.issues === 1 || (made.issues === 0 && !hasSucceeded), `${made.issues} issues`);
  const comments = isFix ? 0 : 1;
  must(made.comments === comments || (!hasSucceeded && made.comments <= comments), `${made.comments} comments`);
  must(isFix || made.branches + made.pulls === 0, "contextualize pushed");
  must(made.branches <= 1 && (!isFix || !hasSucceeded || made.branches === 1), `${made.branches} branches`);
  must(made.pulls <= 1 && (!isFix || !hasSucceeded || made.pulls === 1), `${made.pulls} pull requests`);
  // A link that Linear does not take is told, and fails nothing.
  const links = isFix ? 1 : 0;
  const isLinked = hasSucceeded && broken !== "attachmentCreate";
  must(made.links === links || (!isLinked && made.links <= links), `${made.links} links to a pull request`);

  must(said.length === outcomes.length, `${said.length} messages for ${outcomes.length} last words`);
  must(!said.some(({ text }) => text.startsWith("⚙️")), "a message stays at “working”");
  must(
    broken === "assistant.threads.setStatus" || world.slack.statusLine(world.channel, ts) === undefined,
    `the status line stays at “${world.slack.statusLine(world.channel, ts)}”`,
  );
  const first = world.slack.thread(world.channel, ts).find((message) => message.ts === ts);
  // A button's attempt is marked on the button's message, a replay's on the asker's.
  const shown = ids.at(-1)?.startsWith("replay-") ? outcomes.at(-1) : outcomes[0];
  const mark = ended.get(shown ?? "");
  const isMarked = JSON.stringify(first?.reactions) === JSON.stringify(mark === undefined ? [] : [mark]);
  must(isMarked || (broken?.startsWith("reactions.") ?? false), `${shown} is marked ${first?.reactions.join(" ")}`);
  for (const id of ids) {
    const settled = world.logs.filter((line) => line.includes('"command_settled"') && line.includes(`"${id}"`));
    must(settled.length === 1, `${settled.length} last words logged for one command`);
  }
  const last = said.at(-1);
  must(hasSucceeded === !/^[❌⏳]/u.test(last?.text ?? "❌"), "the last word is not how it ended");
  must(hasSucceeded || (last?.buttons.includes("Retry") ?? false), `${outcomes.at(-1)} without Retry: ${last?.text}`);

  const db = await world.database();
  const letters = () =>
    db
      .prepare("SELECT status FROM dead_letters WHERE id = ?")
      .bind(ids.at(-1) ?? "")
      .first();
  if (outcomes.at(-1) === "failed") {
    const found = await world.until(async () => (await letters()) ?? undefined).catch(() => undefined);
    must(found !== undefined, "failed without a dead letter");
  } else must((await letters()) === null, `${outcomes.at(-1)} with a dead letter`);
  const free = await db
    .prepare("SELECT count(*) AS held FROM conversations WHERE running_command_id IS NOT NULL")
    .first("held");
  must(free === 0, "the thread is not free");
  return problems;
}
