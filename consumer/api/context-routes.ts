import { contextQuestionSchema } from "../../shared/api.ts";
import { Failure } from "../../shared/failure.ts";
import { githubRepositories } from "../../shared/references/github.ts";
import { linearIssues } from "../../shared/references/linear.ts";
import type { Issue } from "../clients/linear.ts";
import type { Effect } from "../effect.ts";
import { makeCard } from "../evidence/card.ts";
import { gather } from "../evidence/gather.ts";
import { poseQuestion } from "../evidence/pose-question.ts";
import { maskForLinear } from "../report/mask-for-linear.ts";
import { findIssue } from "../report/resolve-issue.ts";
import { titleOf } from "../report/title.ts";
import type { Api, ApiNeeds } from "./api.ts";
import { readBody } from "./read-body.ts";
import { Refusal } from "./refusal.ts";

/** Nothing is kept: what fails is asked again by whoever asked. */
const effect: Effect = async (_name, run) => run(false);

export function addContextRoutes(api: Api, needs: ApiNeeds): void {
  const { linear, settings, record, now } = needs;

  /** What `@bugbot contextualize` would find. Reads only: no issue is filed, nothing is written to Linear. */
  api.post("/context", async (c) => {
    const { text } = await readBody(c, contextQuestionSchema);
    const { issue, gaps } = await namedIssue(text);
    const told = [text, issue?.title ?? "", issue?.description ?? ""].join("\n\n");
    const clues = { named: githubRepositories(text), issueText: issue?.description };
    const findings = await gather(poseQuestion({ text: told, reportedAt: now(), clues }, needs), { ...needs, effect });
    const operator = c.get("operator");
    const request = c.get("request");
    await record({ deed: `context ${request}`, actor: operator, action: "gathered_evidence", subject: request });

    const mask = maskForLinear(settings, told);
    const title = issue ? `${issue.identifier} ${issue.title}` : (titleOf(text) ?? "A report");
    const card = makeCard({ title, reported: [{ author: operator, text }], findings, mask });
    const shown: unknown = JSON.parse(
      JSON.stringify(findings, (_key, value: unknown) => (typeof value === "string" ? mask(value) : value)),
    );
    return c.json({ card: { ...card, unknown: [...gaps, ...card.unknown] }, findings: shown });
  });

  async function namedIssue(text: string): Promise<{ issue?: Issue | undefined; gaps: string[] }> {
    const named = linearIssues(text);
    if (named.length === 0) return { gaps: [] };
    if (!linear) return { gaps: ["Linear: not set up (LINEAR_API_KEY turns it on)"] };
    try {
      return { issue: await findIssue({ named }, linear), gaps: [] };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.code === "issue_not_found")
        throw new Refusal(404, "no_such_issue", `Linear knows no issue ${named.map(({ id }) => id).join(", ")}.`);
      return { gaps: [`Linear: not reached (${error.reply.replace(/\.$/, "")})`] };
    }
  }
}
