import * as z from "zod/mini";
import { conversationSchema } from "../../shared/conversation.ts";
import { findReferences } from "../../shared/references/reference.ts";
import { githubRepositories } from "../../shared/references/github.ts";
import type { Incoming } from "../platform.ts";
import { commandId } from "./command-id.ts";
import { authorOf, filled, type InteractionContext, personSchema } from "./interaction.ts";
import { parseJson } from "../../shared/parse-json.ts";

const callbackId = "bugbot_repository";
/** The form's one block and the field in it. */
const field = "repository";

/** What the form is about, kept in it while it is open: Slack gives back no more than that. */
const subjectSchema = z.object({ commandId: z.string(), conversation: conversationSchema });
type Subject = z.infer<typeof subjectSchema>;

/** Asks which repository to work on. https://docs.slack.dev/reference/views/modal-views */
export function repositoryForm(subject: Subject) {
  const plain = (text: string) => ({ type: "plain_text", text });
  return {
    type: "modal",
    callback_id: callbackId,
    private_metadata: JSON.stringify(subject),
    title: plain("Which repository?"),
    submit: plain("Go on"),
    close: plain("Cancel"),
    blocks: [
      {
        type: "input",
        block_id: field,
        label: plain("Repository on GitHub"),
        hint: plain("As owner/name, or its URL."),
        element: {
          type: "plain_text_input",
          action_id: field,
          placeholder: plain("owner/name"),
          focus_on_load: true,
          max_length: 500,
        },
      },
    ],
  };
}

const submissionSchema = z.object({
  ...personSchema,
  view: z.object({
    id: filled,
    hash: z.optional(z.string()),
    callback_id: z.literal(callbackId),
    private_metadata: z.string(),
    state: z.object({
      values: z.object({ [field]: z.object({ [field]: z.object({ value: z.optional(z.nullable(z.string())) }) }) }),
    }),
  }),
});

/** The form, filled in: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload#view_submission */
export async function readRepositoryForm(
  payload: unknown,
  { nowMs }: Pick<InteractionContext, "nowMs">,
): Promise<Incoming> {
  const submission = submissionSchema.safeParse(payload);
  if (!submission.success) return { kind: "ignored", reason: "not bugbot's form" };
  const { view } = submission.data;
  const subject = subjectSchema.safeParse(parseJson(view.private_metadata));
  if (!subject.success) return { kind: "ignored", reason: "a form that is about nothing" };

  const repository = readRepository(view.state.values[field][field].value ?? "");
  if (repository === undefined) {
    const errors = { [field]: "Write owner/name, such as acme/shop, or https://github.com/acme/shop." };
    return { kind: "answer", answer: { json: { response_action: "errors", errors } } };
  }
  const url = `https://github.com/${repository}`;
  return {
    kind: "command",
    command: {
      v: 1,
      id: await commandId(`${view.id} ${view.hash}`),
      name: "retry",
      text: `${subject.data.commandId} ${url}`,
      conversation: subject.data.conversation,
      author: authorOf(submission.data),
      references: findReferences(url),
      receivedAt: nowMs,
    },
  };
}

/** `owner/name` out of that, or out of any URL of the repository. */
function readRepository(written: string): string | undefined {
  const path = written.trim().replace(/^(?:https?:\/\/)?(?:www\.)?github\.com\//i, "");
  return /\s/.test(path) ? undefined : githubRepositories(`https://github.com/${path}`)[0];
}
