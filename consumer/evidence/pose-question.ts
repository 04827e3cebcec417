import { Failure } from "../../shared/failure.ts";
import { emailAddresses } from "../../shared/references/email.ts";
import { postHogSessionIds } from "../../shared/references/posthog.ts";
import type { Settings } from "../../shared/settings.ts";
import { chooseRepository, type RepositoryClues } from "../admission/choose-repository.ts";
import type { GitHub } from "../clients/github.ts";
import type { Question } from "./gather.ts";

export interface PoseNeeds {
  github: GitHub | undefined;
  settings: Settings;
}

/** What to ask the sources about a report: `text` is everything that was said of it. */
export function poseQuestion(
  { text, reportedAt, clues }: { text: string; reportedAt: number; clues: RepositoryClues },
  { github, settings }: PoseNeeds,
): Question {
  return {
    text,
    reportedAt,
    sessionIds: postHogSessionIds(text),
    emails: emailAddresses(text),
    /** Nothing about the repository fails a look. */
    async findRepository() {
      if (!github) return { reason: "GitHub is not set up" };
      try {
        const { name, head } = await chooseRepository(clues, {
          findRepository: (asked) => github.repository(asked),
          allowed: settings.BUGBOT_ALLOWED_REPOS,
          fallback: settings.BUGBOT_REPO,
        });
        return { name, head };
      } catch (error) {
        if (!(error instanceof Failure) || error.code.startsWith("github_")) throw error;
        return { reason: error.reply.replace(/\s*`@bugbot[^`]*`/g, "").replace(/[\s:.]+$/, "") };
      }
    },
  };
}
