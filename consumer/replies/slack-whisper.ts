import { vendorTimeoutMs } from "../../shared/limits.ts";
import { asItIs, type Redact } from "../../shared/redact.ts";
import { callSignal } from "../attempt.ts";
import { fetchRedacted } from "../clients/fetch-redacted.ts";
import { vendorFailure, waitOf } from "../clients/vendor-failure.ts";
import { addressExpired } from "../gone.ts";
import { cutShort, layOut } from "./lay-out.ts";
import { whispered, type Reply } from "./reply.ts";
import { drawMessage, fitsSlack, wordsOf } from "./slack-message.ts";

/** For the asker's eyes only, five times at most. Slack gives such a message no id, and takes no file there. */
export async function whisper(responseUrl: string, { text }: Reply, redact: Redact = asItIs): Promise<string> {
  for (const part of cutShort(layOut(wordsOf({ text }), fitsSlack), fitsSlack)) {
    const response = await fetchRedacted(redact, responseUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ response_type: "ephemeral", replace_original: false, ...drawMessage(part) }),
      signal: callSignal(vendorTimeoutMs),
    }).catch((cause: unknown) => {
      throw vendorFailure({ vendor: "Slack", credential: "", cause });
    });
    await response.body?.cancel();
    // It may be used five times within half an hour: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
    if (response.status === 404) throw addressExpired();
    if (!response.ok)
      throw vendorFailure({
        vendor: "Slack",
        status: response.status,
        retryAfterMs: waitOf(response.status, response.headers),
        credential: "the command's answer has expired",
        cause: undefined,
      });
  }
  return whispered;
}
